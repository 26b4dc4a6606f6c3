import type { Commands } from "../bindings/commands";
import type { AppEvent } from "../bindings/types";

/** What the window needs of whatever runs it, and nothing more. */
export interface Host {
  /** Calls a command; a failure is thrown as a `Problem`. */
  call<K extends keyof Commands>(name: K, args: Commands[K]["args"]): Promise<Commands[K]["answer"]>;
  /** Hears what changes; gives a function that stops hearing. */
  onEvent(hear: (event: AppEvent) => void): Promise<() => void>;
  window: {
    /** Where the window's buttons go. */
    readonly platform: "mac" | "windows" | "linux";
    minimize(): void;
    toggleMaximize(): void;
    isMaximized(): Promise<boolean>;
  };
}
