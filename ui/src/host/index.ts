import type { Host } from "./types";

export type { Host } from "./types";

let current: Host | null = null;

/** Sets what runs this window: Tauri in `main.ts`, a stand-in in tests. */
export function setHost(host: Host): void {
  current = host;
}

/** What runs this window. */
export function host(): Host {
  if (!current) throw new Error("no host was set");
  return current;
}
