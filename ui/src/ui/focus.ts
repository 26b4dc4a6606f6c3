const FOCUSABLE =
  'button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

function focusable(node: HTMLElement): HTMLElement[] {
  return [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => one.getClientRects().length > 0);
}

/** What had the focus when each layer opened, oldest first. A layer may open out of another that goes at once. */
const trail: HTMLElement[] = [];
let layers = 0;

/** Gives focus to the youngest opener that is still there, unless another layer has it already. */
function giveBack(): void {
  const active = document.activeElement;
  const free = !active || active === document.body;
  for (let opener = free ? trail.pop() : undefined; opener; opener = trail.pop()) {
    if (!opener.isConnected) continue;
    opener.focus();
    break;
  }
  if (layers === 0) trail.length = 0;
}

/** Keeps Tab inside a layer, starts on its first field (or `data-autofocus`), and gives focus back when it goes. */
export function trapFocus(node: HTMLElement) {
  if (document.activeElement instanceof HTMLElement && document.activeElement !== document.body) trail.push(document.activeElement);
  layers++;
  const first =
    node.querySelector<HTMLElement>("[data-autofocus]") ??
    node.querySelector<HTMLElement>("input:not([disabled]), select:not([disabled])") ??
    node;
  first.focus();
  function onkeydown(event: KeyboardEvent) {
    if (event.key !== "Tab") return;
    const all = focusable(node);
    const [start, end] = [all[0], all[all.length - 1]];
    if (!start || !end) return;
    if (event.shiftKey && (document.activeElement === start || document.activeElement === node)) {
      event.preventDefault();
      end.focus();
    } else if (!event.shiftKey && document.activeElement === end) {
      event.preventDefault();
      start.focus();
    }
  }
  node.addEventListener("keydown", onkeydown);
  return {
    destroy() {
      node.removeEventListener("keydown", onkeydown);
      layers--;
      // After this update: until then the window behind the layer is inert and refuses the focus.
      queueMicrotask(giveBack);
    },
  };
}

/** Arrows inside a radio group, whose one stop for Tab is the chosen button: `at` of `length` is chosen now. */
export function radioKeys(event: KeyboardEvent, at: number, length: number, choose: (at: number) => void): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = (at + step + length) % length;
  // Looked up first: choosing may change what is drawn.
  const group = event.currentTarget as HTMLElement;
  choose(next);
  group.querySelectorAll("button")[next]?.focus();
}

/** Calls `away` when a press lands outside the node. */
export function clickAway(node: HTMLElement, away: () => void) {
  function onpointerdown(event: Event) {
    if (event.target instanceof Node && !node.contains(event.target)) away();
  }
  document.addEventListener("pointerdown", onpointerdown, true);
  return { destroy: () => document.removeEventListener("pointerdown", onpointerdown, true) };
}
