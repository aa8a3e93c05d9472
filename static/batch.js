// Comfort only: sends a file once, shows how far it is, and keeps the scored file in the page.
"use strict";
{
  const main = document.getElementById("main-part");
  const byId = (id) => document.getElementById(id);
  let kept = "";

  // A cell by its number, where it is one: 1,024 and 6.25 and 6,5.
  function sorted(cell) {
    const text = (cell.querySelector("a")?.firstChild ?? cell).textContent.trim().replace("−", "-");
    const number = Number(/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(text) ? text.replace(/,/g, "") : text.replace(",", "."));
    return { text, number: text ? number : NaN };
  }

  // Numbers, then words, and what is empty last of all, whichever way.
  function inOrder(one, other, way) {
    const kind = ({ text, number }) => (text ? Number(Number.isNaN(number)) : 2);
    const words = () => one.text.localeCompare(other.text, "en", { numeric: true });
    return kind(one) - kind(other) || way * (one.number - other.number || words());
  }

  // A click on a column's heading sorts the rows that are shown by it.
  function sortable(table) {
    table.querySelectorAll("thead th").forEach((heading, at) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "sort" });
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        table.querySelectorAll("[aria-sort]").forEach((one) => one.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows].map((row) => [sorted(row.cells[at]), row]);
        rows.sort(([one], [other]) => inOrder(one, other, down ? -1 : 1));
        table.tBodies[0].append(...rows.map(([, row]) => row));
      });
    });
  }

  function ready() {
    main.querySelectorAll("table[data-sorted]").forEach(sortable);
    const form = byId("upload");
    const [both] = form.querySelectorAll("[data-both]");
    both.textContent = both.dataset.both;
    form.querySelector("[data-alone]").hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, both.formAction);
    });
  }

  function send(form, address) {
    const file = byId("file").files[0];
    if (file && file.size > Number(form.dataset.most)) return say("too-large");
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("X-Fragment", "1");
    request.responseType = "blob";
    request.upload.onprogress = (event) => at("Sending the file", event.loaded / event.total);
    request.upload.onload = () => at("Scoring the rows");
    request.onload = () => show(request, file);
    request.onerror = () => say("lost");
    request.onabort = () => {
      busy(form, false);
      byId("file").focus();
    };
    byId("cancel").onclick = () => request.abort();
    for (const old of main.querySelectorAll(".summary")) old.remove();
    // Made before the form is hidden; what is disabled would not be sent.
    const data = new FormData(form);
    busy(form, true);
    at("Sending the file", 0);
    byId("cancel").focus();
    request.send(data);
  }

  function busy(form, is) {
    form.hidden = is;
    byId("sending").hidden = !is;
  }

  function at(stage, share) {
    if (byId("stage").textContent !== stage) byId("stage").textContent = stage;
    if (share === undefined) byId("progress").removeAttribute("value");
    else byId("progress").value = share * 100;
  }

  async function show(request, file) {
    const answer = request.response;
    if (request.status !== 200) return replace(await answer.text(), file);
    const headers = { "Content-Type": request.getResponseHeader("Content-Type") };
    const parts = await new Response(answer, { headers }).formData();
    replace(parts.get("page"));
    if (kept) URL.revokeObjectURL(kept);
    const scored = parts.get("file");
    kept = URL.createObjectURL(scored);
    const link = byId("download");
    link.href = kept;
    link.download = `${file.name.replace(/\.[^.]*$/, "")}-scored.${scored.name.split(".").pop()}`;
  }

  // What is asked is which columns are which, and not for the file once more.
  function replace(html, file) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const found = page.getElementById("main-part");
    if (!found) return say("lost");
    document.title = page.title;
    main.className = found.className;
    main.replaceChildren(...found.childNodes);
    ready();
    if (file && main.querySelector("[data-columns]")) {
      const files = new DataTransfer();
      files.items.add(file);
      byId("file").files = files.files;
    }
    (byId("problem-summary") || main.querySelector("h1")).focus();
    scrollTo(0, 0);
  }

  function say(id) {
    busy(byId("upload"), false);
    for (const old of main.querySelectorAll(".summary")) old.remove();
    main.prepend(byId(id).content.cloneNode(true));
    document.title = `Error: ${document.title.replace(/^Error: /, "")}`;
    byId("problem-summary").focus();
  }

  ready();
}
