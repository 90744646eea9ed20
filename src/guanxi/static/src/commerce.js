// Import pages: drop a file, see the upload's progress, hide what is not asked. All of it works without this, too.
(() => {
  "use strict";

  function say(form, text) {
    const place = form.querySelector("[data-file-problem]");
    place.textContent = text;
    place.hidden = !text;
  }

  function accepted(form) {
    const file = form.querySelector("input[type=file]").files[0];
    const large = file && file.size > Number(form.dataset.largest);
    say(form, large ? form.dataset.tooLarge : "");
    return !large;
  }

  function tendDrop(form) {
    const zone = form.querySelector("[data-drop]");
    const input = zone.querySelector("input[type=file]");
    const over = (event) => {
      event.preventDefault();
      zone.classList.toggle("over", event.type === "dragover");
    };
    zone.addEventListener("dragover", over);
    zone.addEventListener("dragleave", over);
    zone.addEventListener("drop", (event) => {
      over(event);
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        accepted(form);
      }
    });
    input.addEventListener("change", () => accepted(form));
  }

  function tendNewShop(form) {
    const fields = form.querySelector("[data-new-shop]");
    const shop = form.querySelector("[name=shop]");
    if (!fields) return;
    const show = () => {
      fields.hidden = shop.value !== "new";
    };
    shop.addEventListener("change", show);
    show();
  }

  function tend(form) {
    tendDrop(form);
    tendNewShop(form);
    const bar = form.querySelector("[data-upload-progress]");
    form.addEventListener("htmx:beforeRequest", (event) => {
      if (!accepted(form)) event.preventDefault();
      else bar.hidden = false;
    });
    form.addEventListener("htmx:xhr:progress", (event) => {
      if (!event.detail.lengthComputable) return;
      const share = Math.round((100 * event.detail.loaded) / event.detail.total);
      bar.querySelector(".progress-bar").style.width = `${share}%`;
      bar.querySelector("[role=progressbar]").setAttribute("aria-valuenow", share);
    });
    const failed = () => {
      bar.hidden = true;
      say(form, form.dataset.broken);
    };
    form.addEventListener("htmx:sendError", failed);
    form.addEventListener("htmx:responseError", failed);
  }

  function tendAll() {
    document.querySelectorAll("[data-import-form]:not([data-tended])").forEach((form) => {
      form.dataset.tended = "";
      tend(form);
    });
    document.querySelectorAll("form[data-submit-on-change]:not([data-tended])").forEach((form) => {
      form.dataset.tended = "";
      form.querySelector("[data-without-js]").hidden = true;
      form.addEventListener("change", () => form.requestSubmit());
    });
  }

  document.addEventListener("DOMContentLoaded", tendAll);
  document.addEventListener("htmx:load", tendAll);
  if (document.readyState !== "loading") tendAll();
})();
