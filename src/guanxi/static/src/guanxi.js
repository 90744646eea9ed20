// The frame's behaviour: confirm dialogs, toasts, the command palette, row selection, small comforts.
(() => {
  const byId = (id) => document.getElementById(id);

  // Confirm dialogs: <form data-confirm="…"> and hx-confirm="…" ask in our own dialog.
  function ask({ text, label, color }) {
    const dialog = byId("gx-confirm");
    const yes = dialog.querySelector("[value=yes]");
    byId("gx-confirm-text").textContent = text;
    yes.textContent = label || yes.dataset.default;
    yes.className = `btn btn-${color || "primary"}`;
    return new Promise((resolve) => {
      const settle = (answer) => { dialog.close(); resolve(answer); };
      yes.onclick = () => settle(true);
      dialog.querySelector("[value=no]").onclick = () => settle(false);
      dialog.oncancel = () => resolve(false);
      dialog.showModal();
    });
  }
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const { confirm: text, confirmLabel: label, confirmColor: color } = form.dataset;
    if (!text || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await ask({ text, label, color }))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask({ text: event.detail.question }).then((yes) => yes && event.detail.issueRequest(true));
  });

  // Toasts leave by themselves, except errors.
  function tendToasts() {
    for (const toast of document.querySelectorAll(".gx-toast:not([data-tended])")) {
      toast.dataset.tended = "yes";
      if (!toast.classList.contains("gx-toast-error")) setTimeout(() => toast.remove(), 7000);
    }
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-toast-close]")) event.target.closest(".gx-toast").remove();
    for (const open of document.querySelectorAll("details.gx-definition[open], details.gx-menu[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll("details.gx-definition[open], details.gx-menu[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // A request in the background that failed says so.
  function failed() {
    const toasts = byId("gx-toasts");
    const toast = document.createElement("div");
    toast.className = "gx-toast gx-toast-warning";
    toast.setAttribute("role", "alert");
    toast.textContent = toasts.dataset.failed;
    toasts.append(toast);
    tendToasts();
  }
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);

  // Selecting rows: one checkbox in the head for the page, and an offer to take all that match.
  function countSelected(table) {
    const boxes = [...table.querySelectorAll("[data-row-select]")];
    const chosen = boxes.filter((box) => box.checked).length;
    const head = table.querySelector("[data-page-select]");
    head.checked = chosen > 0 && chosen === boxes.length;
    head.indeterminate = chosen > 0 && chosen < boxes.length;
    const bar = table.querySelector("[data-bulk-bar]");
    bar.classList.toggle("show", chosen > 0);
    bar.querySelector("[data-bulk-count]").textContent = chosen;
    const all = bar.querySelector("[data-bulk-all]");
    all.hidden = !head.checked;
    if (!head.checked) all.querySelector("input").checked = false;
  }
  document.addEventListener("change", (event) => {
    const table = event.target.closest("[data-table]");
    if (!table) return;
    if (event.target.matches("[data-page-select]")) {
      for (const box of table.querySelectorAll("[data-row-select]")) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-page-select], [data-row-select]")) countSelected(table);
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // Copy buttons, for example beside a token that is shown once.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(byId(button.dataset.copy).value);
    button.classList.add("btn-success");
  });

  document.addEventListener("DOMContentLoaded", tendToasts);
  document.addEventListener("htmx:load", tendToasts);
})();

// The command palette.
(() => {
  const palette = () => document.getElementById("gx-palette");
  const hits = () => [...palette().querySelectorAll(".gx-hit")];
  const input = () => document.getElementById("gx-palette-text");

  function activate(hit) {
    for (const other of hits()) other.setAttribute("aria-selected", other === hit ? "true" : "false");
    if (hit) {
      input().setAttribute("aria-activedescendant", hit.id);
      hit.scrollIntoView({ block: "nearest" });
    } else {
      input().removeAttribute("aria-activedescendant");
    }
  }
  const active = () => hits().find((hit) => hit.getAttribute("aria-selected") === "true");

  function open() {
    if (!palette() || palette().open) return;
    input().value = "";
    palette().showModal();
    input().focus();
    window.htmx.trigger(palette().querySelector("form"), "palette-open");
  }
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && palette()) {
      event.preventDefault();
      if (palette().open) palette().close(); else open();
    }
    if (!palette()?.open || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = hits();
    if (step && all.length) {
      event.preventDefault();
      activate(all[(all.indexOf(active()) + step + all.length) % all.length]);
    } else if (event.key === "Enter" && active()) {
      event.preventDefault();
      active().click();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) {
      event.preventDefault();
      open();
    } else if (event.target === palette()) {
      palette().close();
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "gx-palette-hits") activate(hits()[0]);
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (/Mac|iP(hone|ad)/.test(navigator.platform)) {
      for (const keys of document.querySelectorAll(".gx-search-keys")) keys.textContent = "⌘ K";
    }
  });
})();
