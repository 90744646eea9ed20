// The builder's picker of conditions: typing narrows it.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-picker-search]")) return;
  event.stopPropagation();
  const text = event.target.value.trim().toLowerCase();
  for (const group of event.target.closest("[data-picker]").querySelectorAll("[data-picker-group]")) {
    const items = [...group.querySelectorAll("[data-words]")];
    for (const item of items) item.hidden = !item.dataset.words.toLowerCase().includes(text);
    group.hidden = items.every((item) => item.hidden);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-picker-search]")) return;
  event.preventDefault();
  event.target.closest("[data-picker]").querySelector("[data-words]:not([hidden])")?.click();
});
document.addEventListener("toggle", (event) => {
  if (event.target.matches?.("[data-picker]") && event.target.open) event.target.querySelector("[data-picker-search]").focus();
}, true);
