// The campaign form: how many customers the chosen control group is, as the slider moves.
(() => {
  "use strict";

  function fill(text, values) {
    return text.replace(/%\((\w+)\)s/g, (_whole, name) => values[name]);
  }

  function watch(form) {
    const slider = form.querySelector("[data-control-share]");
    const words = form.querySelector("[data-control-words]");
    const segment = form.querySelector("[name=segment]");
    const sizes = JSON.parse(document.getElementById("segment-sizes").textContent);
    const show = new Intl.NumberFormat(document.documentElement.lang);

    function update() {
      const share = Number(slider.value);
      const size = sizes[segment.value];
      const text = share === 0 ? words.dataset.none : size === undefined ? words.dataset.plain : words.dataset.of;
      const count = Math.round(((size || 0) * share) / 100);
      words.textContent = fill(text, { share: show.format(share), count: show.format(count), size: show.format(size || 0) });
    }

    slider.addEventListener("input", update);
    segment.addEventListener("change", update);
    update();
  }

  document.querySelectorAll("[data-campaign-form]").forEach(watch);
})();
