/** Every shortcut, as Settings and the palette show it. */
export const SHORTCUTS: { keys: string; action: string }[] = [
  { keys: "Ctrl K", action: "Command palette" },
  { keys: "Ctrl N", action: "New credential set" },
  { keys: "Ctrl S", action: "Save" },
  { keys: "Ctrl ↵", action: "Publish plan; in the plan, apply" },
  { keys: "Ctrl F", action: "Filter the list" },
  { keys: "Ctrl D", action: "Check for drift" },
  { keys: "Ctrl L", action: "Lock now" },
  { keys: "Ctrl Shift C", action: "Copy ID" },
  { keys: "Ctrl ,", action: "Settings" },
  { keys: "↑ ↓", action: "Move in the list" },
  { keys: "Shift ↑ ↓", action: "Extend the selection" },
  { keys: "Space", action: "Toggle the selection" },
  { keys: "Delete", action: "Move the draft to the trash, with undo" },
  { keys: "Esc", action: "Close the top layer" },
];

const mac = typeof navigator !== "undefined" && navigator.platform.startsWith("Mac");

/** The keys as they are on this computer. */
export function keysHere(keys: string): string {
  return mac ? keys.replace("Ctrl", "⌘").replace("Shift", "⇧") : keys;
}
