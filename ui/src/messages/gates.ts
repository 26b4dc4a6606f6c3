import type { Code } from "../bindings/types";
import type { IconName } from "../ui/icons";

/** What stands between the person and the vault: the keyring, or the file. */
export type Obstacle = "keyring" | "file";

const OBSTACLES: Partial<Record<Code, Obstacle>> = {
  keyMissing: "keyring",
  keyWrong: "keyring",
  keyringDenied: "keyring",
  keyringAbsent: "keyring",
  keyringNoAnswer: "keyring",
  keyringNotPersistent: "keyring",
  vaultTooNew: "file",
  vaultCorrupt: "file",
  readOnly: "file",
  storage: "file",
};

export function obstacle(code: Code): Obstacle | null {
  return OBSTACLES[code] ?? null;
}

export const OBSTACLE_LOOK: Record<Obstacle, { icon: IconName; retry: string }> = {
  keyring: { icon: "unplug", retry: "Try the keyring again" },
  file: { icon: "hard-drive", retry: "Try again" },
};

export const gates = {
  create: "Create your vault",
  createText: "Sealpost keeps drafts in one encrypted file on this computer. Nothing is sent anywhere until you publish.",
  ready: "Your vault is ready",
  readyText: "Try a publish against the sandbox, or connect an environment now.",
  waiting: "Waiting for your keyring…",
  waitingHint: "It may show its own window to ask for your password.",
};
