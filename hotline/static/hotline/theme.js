// Light or dark before the first paint; the same choice, under the same key, as the admin theme keeps.
(function () {
  function chosen() {
    try {
      return JSON.parse(localStorage.getItem("adminTheme")) || "auto";
    } catch {
      return "auto";
    }
  }
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  function show() {
    const dark = chosen() === "dark" || (chosen() === "auto" && system.matches);
    document.documentElement.classList.toggle("dark", dark);
  }
  window.hotline = {
    toggleTheme() {
      const dark = document.documentElement.classList.contains("dark");
      localStorage.setItem("adminTheme", JSON.stringify(dark ? "light" : "dark"));
      show();
    },
  };
  system.addEventListener("change", show);
  show();
})();
