// Comfort only: every page works without this.
"use strict";

const find = (what, where = document) => where.querySelector(what);
const each = (what, act) => document.querySelectorAll(what).forEach(act);

find("#problem-summary")?.focus();

// -- Sharing, the link, the printer, the snippets ---------------------------------------------------------

const copied = async (button, text) => {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 2000);
};

each("[data-share]", (button) => {
  // Where there is no share sheet, the button beside the number copies the link.
  const copies = !navigator.share && button.matches(".share");
  button.hidden = copies ? !navigator.clipboard : !navigator.share;
  if (copies) button.textContent = "Copy link";
  button.addEventListener("click", async () => {
    if (copies) return copied(button, location.href);
    try {
      await navigator.share({ title: document.title, text: button.dataset.share, url: location.href });
    } catch (error) {
      // Whoever changes their mind has not failed. Where the sheet does not open, the link is copied instead.
      if (error.name !== "AbortError") await copied(button, location.href);
    }
  });
});
each("[data-copy-address]", (button) => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => copied(button, location.href));
});
each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
each(".snippet", (box) => {
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain copy";
  button.textContent = "Copy";
  button.addEventListener("click", () => copied(button, find("code", box).textContent));
  box.append(button);
});
