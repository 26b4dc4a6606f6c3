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
  step: (step: number, of: number) => `Step ${step} of ${of}`,
  vaultFile: "Vault file",
  key: "Key",
  theKeyring: "the system keyring",
  keyLives: (keyring: string) => `The key lives in ${keyring}. It never leaves this computer.`,
  tried: "What was tried",
  tryAgain: "Try the keyring again",
  withoutKeyring: "Use a passphrase instead…",
  createVault: "Create vault",
  keyringFirst: "A keyring that keeps the key is needed first.",
  asking: "Asking the keyring…",
  sandbox: "Start with the built-in sandbox",
  sandboxText: "A local stand-in for the credentials API with three sample drafts. No token, no network.",
  connect: "Connect an environment",
  /** Around the two scopes, which keep their spelling. */
  connectText: ["You need its URL and a token with ", " and ", "."] as const,
  keyStored: (keyring: string) => `Key stored in ${keyring}.`,
  emptyVault: "Start with an empty vault",
  locked: (name: string | undefined) => `${name ?? "The vault"} is locked`,
  keyIn: (keyring: string) => `Its key is in ${keyring}.`,
  byPassphrase: "Its passphrase opens it.",
  unlock: "Unlock with system keyring",
  locksSoon: (seconds: number) => `Locks in ${seconds} s`,
  locksSoonText: "Unsaved edits are kept sealed and come back.",
  stayUnlocked: "Stay unlocked",
  waiting: "Waiting for your keyring…",
  waitingHint: "It may show its own window to ask for your password.",
};

/** Names of the API's scopes: never translated. */
export const SCOPE_NAMES = { read: "credentialVault.read", write: "credentialVault.write" };
