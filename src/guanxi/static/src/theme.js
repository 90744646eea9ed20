// Runs before the first paint, so that a dark page never flashes white.
(() => {
  const root = document.documentElement;
  root.classList.remove("no-js");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = root.dataset.theme;
    root.dataset.bsTheme = theme === "dark" || (theme === "auto" && dark.matches) ? "dark" : "light";
    document.dispatchEvent(new CustomEvent("gx:theme"));
  };
  apply();
  dark.addEventListener("change", apply);
})();
