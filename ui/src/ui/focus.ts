const FOCUSABLE =
  'button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

function focusable(node: HTMLElement): HTMLElement[] {
  return [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((one) => one.getClientRects().length > 0);
}

/** Keeps Tab inside a layer, starts on its first field (or `data-autofocus`), and gives focus back when it goes. */
export function trapFocus(node: HTMLElement) {
  const opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
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
      if (opener?.isConnected) opener.focus();
    },
  };
}

/** Calls `away` when a press lands outside the node. */
export function clickAway(node: HTMLElement, away: () => void) {
  function onpointerdown(event: Event) {
    if (event.target instanceof Node && !node.contains(event.target)) away();
  }
  document.addEventListener("pointerdown", onpointerdown, true);
  return { destroy: () => document.removeEventListener("pointerdown", onpointerdown, true) };
}
