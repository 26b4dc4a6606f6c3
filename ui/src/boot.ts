// The page's first words stand in index.html. Whatever runs before they are painted delays them, so the program is loaded in
// the frame after.
let started = false;

function start() {
  if (started) return;
  started = true;
  void import("./main");
}

requestAnimationFrame(() => setTimeout(start));
// A window that is not shown yet has no frames.
setTimeout(start, 500);
