// Before the first paint: the theme that was chosen, or the system's. A file of its own, since the content policy
// forbids scripts in the page.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("sealpost.theme");
  } catch (error) {
    chosen = null;
  }
  var light = window.matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme = chosen === "light" || chosen === "dark" ? chosen : light ? "light" : "dark";
})();
