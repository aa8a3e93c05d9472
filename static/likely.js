// Comfort only: every page works without this.
"use strict";

const find = (what, where = document) => where.querySelector(what);
const each = (what, act) => document.querySelectorAll(what).forEach(act);

find("#problem")?.focus();

// -- Try a change: the comparison follows as one types or chooses ---------------------------------

const form = find("form[data-compare][method=get]");
if (form) {
  const place = find("#comparison");
  let waiting;
  let asking;

  const mark = () => {
    const wrong = new Set([...place.querySelectorAll("[data-wrong]")].map((one) => one.dataset.wrong));
    for (const field of form.elements) {
      if (wrong.has(field.name)) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  };

  const compare = async () => {
    asking?.abort();
    asking = new AbortController();
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    try {
      const answer = await fetch(address, { headers: { "X-Fragment": "1" }, signal: asking.signal });
      if (answer.status !== 200 && answer.status !== 422) {
        late(Number(answer.headers.get("Retry-After")));
        return;
      }
      place.innerHTML = await answer.text();
      find("#said").textContent = find("[data-say]", place)?.dataset.say ?? "";
      mark();
      history.replaceState(null, "", address);
    } catch (stopped) {
      // Else a newer change is on its way.
      if (stopped.name !== "AbortError") late(0);
    }
  };

  // What is shown is not for the last change: that is said, and where we know when to, we ask again.
  const late = (seconds) => {
    const what = seconds ? `It follows in ${seconds} s.` : "The button below asks again.";
    const words = `This is not yet for your last change. ${what}`;
    find(".late", place)?.remove();
    place.prepend(Object.assign(document.createElement("p"), { className: "error late", textContent: words }));
    find("#said").textContent = words;
    if (seconds) soon(1000 * seconds);
  };

  const soon = (milliseconds) => {
    clearTimeout(waiting);
    waiting = setTimeout(compare, milliseconds);
  };
  form.addEventListener("input", (event) => {
    const box = event.target;
    const other = box.closest(".field")?.querySelector(box.type === "checkbox" ? "input[type=text]" : "input[type=checkbox]");
    // A number and “I don’t know” exclude each other.
    if (other?.type === "checkbox") other.checked = false;
    else if (other && box.checked) other.value = "";
    soon(box.type === "text" ? 350 : 0);
  });
}

// -- The link, the printer, the snippets ---------------------------------------------------------

const copied = async (button, text) => {
  await navigator.clipboard.writeText(text);
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 2000);
};

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

// -- A photo: drop it, paste it, see it; the preview never leaves the browser --------------------

each("input[type=file][accept*=image]", (input) => {
  const field = input.closest(".field");
  const preview = document.createElement("img");
  preview.className = "preview";
  preview.alt = "The photo you chose";
  const show = () => {
    URL.revokeObjectURL(preview.src);
    if (!input.files.length) return preview.remove();
    preview.src = URL.createObjectURL(input.files[0]);
    field.append(preview);
  };
  const take = (files, event) => {
    if (!files?.length) return;
    event.preventDefault();
    input.files = files;
    show();
  };
  preview.addEventListener("error", () => preview.remove());
  input.addEventListener("change", show);
  field.classList.add("drop");
  field.append(Object.assign(document.createElement("p"), { className: "hint", textContent: "Or drop a photo here, or paste one." }));
  document.addEventListener("dragover", (event) => { event.preventDefault(); field.classList.add("over"); });
  document.addEventListener("dragleave", () => field.classList.remove("over"));
  document.addEventListener("drop", (event) => { field.classList.remove("over"); take(event.dataTransfer?.files, event); });
  document.addEventListener("paste", (event) => take(event.clipboardData?.files, event));
});
