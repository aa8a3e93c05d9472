// Comfort only: tries a change as one slides, types or chooses. Without this the form has a page of its own.
"use strict";
{
  const find = (what, where = document) => where.querySelector(what);
  const form = find("form[data-compare][method=get]");
  const place = find("#comparison");
  const status = find("#said");
  const bar = find("#bar");
  // A client may try so often without being told to wait.
  const GAP = 60;
  const TYPING = 400;

  // -- What is changed, as the address has it -----------------------------------------------------------

  const names = () => [...form.elements].filter((one) => one.type === "hidden").map((one) => one.name);
  const boxes = (name) => [...form.elements].filter((one) => one.name === `new-${name}`);

  const changes = () => {
    const data = new FormData(form);
    const found = new URLSearchParams();
    for (const name of names()) {
      const value = data.getAll(`new-${name}`).filter(Boolean).pop() ?? "";
      if (value !== form.elements[name].value) found.set(name, value);
    }
    return found;
  };

  const apply = (found) => {
    form.reset();
    for (const [name, value] of found) {
      for (const box of boxes(name)) {
        if (box.type === "checkbox") box.checked = value === box.value;
        else box.value = box.type === "text" && ["unknown", "not recorded"].includes(value) ? "" : value;
      }
    }
    form.querySelectorAll("[data-step]").forEach(show);
  };

  // -- Asking: one question at a time, and always the latest -------------------------------------------------

  let touched;
  let typed = 0;
  let asked = 0;
  let busy = false;
  let waiting;

  const soon = (milliseconds) => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, milliseconds);
  };

  const ask = async () => {
    if (busy) return soon(10);
    const wait = asked + GAP - performance.now();
    if (wait > 0) return soon(wait);
    const changed = changes();
    if (bar) {
      // The result keeps its address; the change stands behind it.
      const fragment = changed.size ? `#${changed}` : location.pathname + location.search;
      if (changed.size || location.hash.includes("=")) history.replaceState(history.state, "", fragment);
      if (!changed.size) return clear();
    }
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    busy = true;
    asked = performance.now();
    try {
      const answer = await fetch(address, { headers: { "X-Fragment": "1" } });
      if (answer.status !== 200 && answer.status !== 422) return late(Number(answer.headers.get("Retry-After")));
      const text = await answer.text();
      // Half a number is no mistake yet.
      if (answer.status === 422 && performance.now() - typed < TYPING) return soon(TYPING);
      place.innerHTML = text;
      tell();
      if (!bar) history.replaceState(history.state, "", address);
    } catch {
      late(0);
    } finally {
      busy = false;
    }
  };

  // -- Telling -------------------------------------------------------------------------------------------

  let saying;
  const say = (words) => {
    clearTimeout(saying);
    saying = setTimeout(() => { status.textContent = words; }, 300);
  };

  const tell = () => {
    const found = find("[data-say]", place);
    const pair = found?.dataset.pair ?? "";
    const wrong = new Set([...place.querySelectorAll("[data-wrong]")].map((one) => one.dataset.wrong));
    for (const field of form.elements) {
      if (wrong.has(field.name)) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    write(pair, pair ? found.textContent : found?.textContent ?? "");
    say(found?.dataset.say ?? "");
  };

  const write = (pair, words) => {
    find(".live")?.remove();
    if (touched && pair) {
      const live = Object.assign(document.createElement("span"), { className: "live", textContent: pair });
      live.setAttribute("aria-hidden", "true");
      touched.append(live);
    }
    if (!bar) return;
    bar.hidden = false;
    document.documentElement.classList.add("has-bar");
    find("strong", bar).textContent = pair;
    find(".difference", bar).textContent = words;
  };

  const clear = () => {
    place.replaceChildren();
    find(".live")?.remove();
    bar.hidden = true;
    document.documentElement.classList.remove("has-bar");
    say("The answers are as they were.");
  };

  // What is shown is not for the last change: that is said, and where we know when to, we ask again.
  const late = (seconds) => {
    const what = seconds ? `It follows in ${seconds} s.` : "The button below asks again.";
    const words = `This is not yet for your last change. ${what}`;
    find(".late", place)?.remove();
    place.prepend(Object.assign(document.createElement("p"), { className: "error late", textContent: words }));
    write("", words);
    say(words);
    if (seconds) soon(1000 * seconds);
  };

  // -- A slider for each number box: the box is what the keyboard reaches, and says its value -------------------

  const number = (box) => Number(box.value.replace(",", ".").replace("−", "-"));
  const step = (box, at) => {
    const { least, most, step } = box.dataset;
    const digits = (step.split(".")[1] ?? "").length;
    box.value = Math.min(Math.max(Math.round(at / step) * step, least), most).toFixed(digits);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const show = (box) => {
    const { least, most, unit } = box.dataset;
    const is = box.value !== "" && !Number.isNaN(number(box));
    const share = is ? (number(box) - least) / (most - least) : 0.5;
    box.slider.style.setProperty("--at", Math.min(Math.max(share, 0), 1));
    box.slider.classList.toggle("empty", !is);
    if (is) {
      box.setAttribute("aria-valuenow", number(box));
      box.setAttribute("aria-valuetext", `${box.value} ${unit}`.trim());
    } else {
      box.removeAttribute("aria-valuenow");
      box.setAttribute("aria-valuetext", box.value || "not given");
    }
  };

  for (const box of form?.querySelectorAll("[data-step]") ?? []) {
    const { least, most } = box.dataset;
    const slider = Object.assign(document.createElement("div"), { className: "slider" });
    slider.append(document.createElement("i"));
    box.slider = slider;
    box.closest(".number").append(slider);
    box.setAttribute("role", "spinbutton");
    box.setAttribute("aria-valuemin", least);
    box.setAttribute("aria-valuemax", most);
    const slide = (event) => {
      const { left, width } = slider.getBoundingClientRect();
      const share = Math.min(Math.max((event.clientX - left - 12) / (width - 24), 0), 1);
      const start = getComputedStyle(slider).direction === "rtl" ? 1 - share : share;
      step(box, Number(least) + start * (most - least));
    };
    slider.addEventListener("pointerdown", (event) => {
      slider.setPointerCapture(event.pointerId);
      slide(event);
    });
    slider.addEventListener("pointermove", (event) => {
      if (slider.hasPointerCapture(event.pointerId)) slide(event);
    });
    box.addEventListener("keydown", (event) => {
      const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!steps) return;
      event.preventDefault();
      step(box, (number(box) || Number(least)) + steps * box.dataset.step);
    });
    show(box);
  }

  form?.addEventListener("input", (event) => {
    const box = event.target;
    touched = box.closest(".field");
    // A number, “I don’t know” and “not recorded” exclude each other.
    if (box.type === "text" || box.checked) {
      for (const other of boxes(box.name.replace(/^new-/, ""))) {
        if (other.type === "checkbox" && other !== box) other.checked = false;
        else if (other.type === "text" && box.type === "checkbox") other.value = "";
      }
    }
    touched?.querySelectorAll("[data-step]").forEach(show);
    if (event.isTrusted && box.type === "text") typed = performance.now();
    soon(0);
  });
  form?.addEventListener("reset", () => setTimeout(() => {
    form.querySelectorAll("[data-step]").forEach(show);
    touched = undefined;
    soon(0);
  }));
  find("button", bar ?? document.createElement("p"))?.addEventListener("click", (event) => {
    // What was changed last stays in view. By keyboard it gets the focus, since the button goes; a touch would open keys.
    const field = touched ?? find("#try");
    form.reset();
    field.scrollIntoView({ block: "nearest" });
    if (!event.target.matches(":focus-visible")) return;
    (find("input, select", field) ?? find(".field :is(input, select)", form)).focus();
  });

  const follow = () => {
    if (!bar || !location.hash.includes("=")) return;
    apply(new URLSearchParams(location.hash.slice(1)));
    soon(0);
  };
  addEventListener("hashchange", follow);
  follow();

  // -- What is drawn once it comes into view --------------------------------------------------------------

  const watch = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      fetch(target.dataset.load, { headers: { "X-Fragment": "1" } })
        .then(async (answer) => { if (answer.ok) target.innerHTML = await answer.text(); })
        // The link is still there.
        .catch(() => {});
    }
  }, { rootMargin: "200px" });
  document.querySelectorAll("[data-load]").forEach((one) => watch.observe(one));
}
