// The template editor: the preview follows the typing, at desktop or phone width, as HTML or plain text.
(() => {
  "use strict";

  const WAIT = 600;

  function press(buttons, chosen) {
    buttons.forEach((button) => {
      button.classList.toggle("active", button === chosen);
      button.setAttribute("aria-pressed", String(button === chosen));
    });
  }

  function watch(form) {
    const show = form.querySelector("[data-preview]");
    const stage = form.querySelector(".gx-preview-stage");
    const part = form.querySelector("[name=part]");
    const buttons = [...form.querySelectorAll("[data-width], [data-part]")];
    let timer = 0;

    function later() {
      clearTimeout(timer);
      timer = setTimeout(() => form.requestSubmit(show), WAIT);
    }

    buttons.forEach((button) =>
      button.addEventListener("click", () => {
        press(buttons, button);
        part.value = button.dataset.part || "";
        stage.classList.toggle("gx-phone", button.dataset.width === "phone");
        form.requestSubmit(show);
      }),
    );
    form.addEventListener("input", later);
    form.requestSubmit(show);
  }

  document.querySelectorAll("[data-template-editor]").forEach(watch);
})();
