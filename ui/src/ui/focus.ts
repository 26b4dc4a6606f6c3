/** What had the focus when each layer opened, oldest first. A layer may open out of another that goes at once. */
const trail: HTMLElement[] = [];
let layers = 0;

/** Gives focus to the youngest opener that is still there, unless another layer has it already. */
function restore(): void {
  const active = document.activeElement;
  const free = !active || active === document.body;
  for (let opener = free ? trail.pop() : undefined; opener; opener = trail.pop()) {
    if (!opener.isConnected) continue;
    opener.focus();
    break;
  }
  if (layers === 0) trail.length = 0;
}

/** A layer opened: starts on `data-autofocus`, else on what `first` finds, else on the layer itself. */
export function startInside(event: Event, layer: HTMLElement | null, first = "input:not([disabled]), select:not([disabled])"): void {
  event.preventDefault();
  if (document.activeElement instanceof HTMLElement && document.activeElement !== document.body) trail.push(document.activeElement);
  layers++;
  (layer?.querySelector<HTMLElement>("[data-autofocus]") ?? layer?.querySelector<HTMLElement>(first) ?? layer)?.focus();
}

/** A layer closed. */
export function giveBack(event: Event): void {
  event.preventDefault();
  layers--;
  // After this update: until then the window behind the layer is inert and refuses the focus.
  queueMicrotask(restore);
}
