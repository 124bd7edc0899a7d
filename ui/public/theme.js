// Runs before the first paint, so that a chosen theme never flashes the other one.
(function () {
  try {
    var chosen = localStorage.getItem("gatehouse.theme");
    if (chosen === "light" || chosen === "dark") {
      document.documentElement.dataset.theme = chosen;
    }
  } catch {
    // No storage: the system's theme it is.
  }
})();
