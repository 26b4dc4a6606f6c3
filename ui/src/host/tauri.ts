// The only file that knows Tauri.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWindow } from "@tauri-apps/api/window";
import type { AppEvent } from "../bindings/types";
import { carryingSecrets } from "./secrets";
import type { Host } from "./types";

export const tauriHost: Host = {
  call: carryingSecrets(invoke),
  onEvent: (hear) => listen<AppEvent>("app-event", (event) => hear(event.payload)),
  window: {
    platform: /mac/i.test(navigator.platform) ? "mac" : /win/i.test(navigator.platform) ? "windows" : "linux",
    isMaximized: () => getCurrentWindow().isMaximized(),
    minimize: () => void getCurrentWindow().minimize(),
    toggleMaximize: () => void getCurrentWindow().toggleMaximize(),
  },
};
