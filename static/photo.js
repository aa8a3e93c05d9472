// Comfort only: a photo is dropped, pasted, seen, made smaller where it is too large, and shown beside its answer.
// It stays in this tab; what is sent is the form.
"use strict";
{
  const LARGEST = 8 * 1024 * 1024;
  const KEPT = "likely photo";

  const drawn = async (file, side) => {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return canvas;
  };

  const blob = (canvas) => new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.9); });

  const remember = async (file) => {
    try {
      sessionStorage.setItem(KEPT, (await drawn(file, 480)).toDataURL("image/jpeg", 0.8));
    } catch {
      sessionStorage.removeItem(KEPT);
    }
  };

  document.querySelectorAll("input[type=file][accept*=image]").forEach((input) => {
    const field = input.closest(".field");
    const form = input.form;
    const preview = Object.assign(document.createElement("img"), { className: "preview", alt: "The photo you chose" });
    const hint = Object.assign(document.createElement("p"), { className: "hint" });
    hint.textContent = "Or drop a photo here, or paste one.";
    let ready = Promise.resolve();

    const give = (file) => {
      const files = new DataTransfer();
      files.items.add(file);
      input.files = files.files;
    };
    const look = async () => {
      URL.revokeObjectURL(preview.src);
      sessionStorage.removeItem(KEPT);
      const [file] = input.files;
      if (!file) return preview.remove();
      preview.src = URL.createObjectURL(file);
      field.append(preview);
      if (file.size > LARGEST) {
        try {
          give(new File([await blob(await drawn(file, 2048))], "photo.jpg", { type: "image/jpeg" }));
          hint.textContent = "This photo is over 8 MB, so a smaller copy of it is sent.";
        } catch {
          // The server says what is wrong with it.
        }
      }
      await remember(file);
    };
    const take = (files, event) => {
      if (!files?.length) return;
      event.preventDefault();
      input.files = files;
      ready = look();
    };
    preview.addEventListener("error", () => preview.remove());
    input.addEventListener("change", () => { ready = look(); });
    form.addEventListener("submit", (event) => {
      if (!input.files.length) return;
      event.preventDefault();
      ready.finally(() => form.submit());
    });
    field.classList.add("drop");
    field.append(hint);
    document.addEventListener("dragover", (event) => { event.preventDefault(); field.classList.add("over"); });
    document.addEventListener("dragleave", () => field.classList.remove("over"));
    document.addEventListener("drop", (event) => { field.classList.remove("over"); take(event.dataTransfer?.files, event); });
    document.addEventListener("paste", (event) => take(event.clipboardData?.files, event));
  });

  // The result that follows is this photo's; later ones in this tab find theirs by their address.
  const result = document.querySelector("[data-photo]");
  if (result) {
    const own = `${KEPT} ${result.dataset.photo}`;
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    try {
      if (kept) sessionStorage.setItem(own, kept);
    } catch {
      // This tab has no room for more photos.
    }
    const address = kept ?? sessionStorage.getItem(own);
    if (address) {
      result.prepend(Object.assign(document.createElement("img"), { src: address, className: "photo", alt: "Your photo" }));
    }
  }
}
