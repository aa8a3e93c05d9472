// Comfort only: sends a file once, shows how far it is, and keeps the scored file in the page.
"use strict";
{
  const main = document.getElementById("main");
  const byId = (id) => document.getElementById(id);
  let kept = "";

  function ready() {
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
    if (request.status !== 200) return replace(await answer.text());
    const headers = { "Content-Type": request.getResponseHeader("Content-Type") };
    const parts = await new Response(answer, { headers }).formData();
    replace(parts.get("page"));
    if (kept) URL.revokeObjectURL(kept);
    kept = URL.createObjectURL(parts.get("file"));
    const link = byId("download");
    link.href = kept;
    link.download = `${file.name.replace(/\.[^.]*$/, "")}-scored.csv`;
  }

  function replace(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const found = page.getElementById("main");
    if (!found) return say("lost");
    document.title = page.title;
    main.replaceChildren(...found.childNodes);
    ready();
    (byId("problem") || main.querySelector("h1")).focus();
    scrollTo(0, 0);
  }

  function say(id) {
    busy(byId("upload"), false);
    for (const old of main.querySelectorAll(".summary")) old.remove();
    main.prepend(byId(id).content.cloneNode(true));
    document.title = `Error: ${document.title.replace(/^Error: /, "")}`;
    byId("problem").focus();
  }

  ready();
}
