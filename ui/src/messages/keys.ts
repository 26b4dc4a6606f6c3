import type { UnlockMode } from "../bindings/types";
import { count } from "./words";

export const keysText = {
  title: "Keys",
  cancel: "Cancel",
  save: "Save",
  close: "Close",
};

export const waysText = {
  setting: "How the vault opens",
  title: "How the vault opens",
  change: "Change…",
  now: {
    keyring: "By its keyring, without a question.",
    either: "By its keyring, or by its passphrase.",
    both: "By its keyring and its passphrase together.",
    passphrase: "By its passphrase alone.",
  } satisfies Record<UnlockMode, string>,
  ways: {
    keyring: ["Keyring", "The system keyring opens it. There is no passphrase."],
    either: ["Keyring or passphrase", "The keyring opens it; the passphrase does where the keyring fails."],
    both: ["Keyring and passphrase", "Both are needed, each time."],
    passphrase: ["Passphrase alone", "For a computer without a keyring. The key leaves the keyring."],
  } satisfies Record<UnlockMode, [string, string]>,
  passphrase: "New passphrase",
  again: "The same again",
  hint: "At least 8 characters; several words are easier to keep than one difficult one.",
  cost: "Making it takes some seconds: each guess shall cost that much too.",
  differ: "The two are not the same. Nothing was changed. Type both again.",
  empty: "Type the passphrase in both fields.",
  set: "Set the passphrase",
  remove: "Remove the passphrase",
  noRecovery: "There is no recovery code. Whoever forgets the passphrase has lost the vault then: make a code first.",
  done: (mode: UnlockMode) => `From now on: ${waysText.now[mode].toLowerCase().replace(/\.$/, "")}`,
};

export const codeText = {
  copy: "Copy the code",
  copied: "Recovery code copied",
  check: "Check it…",
  checkTitle: "Check the recovery code",
  checkText: "Type the code that you wrote down. Nothing is changed, and the vault stays open.",
  checkNow: "Check",
  opens: "It opens this vault.",
  remove: "Remove…",
  removeTitle: "Remove the recovery code?",
  removeText: "It opens nothing any more then. If the keyring loses the key or the passphrase is forgotten, so is the vault.",
  removeNow: "Remove the code",
  removed: "The recovery code opens nothing any more",
  keep: "Keep it",
};

export const dataKeyText = {
  setting: "Data key",
  text: (drafts: number) => `Everything is encrypted under it: ${count(drafts, "draft")} and all that belongs to them.`,
  rotate: "Rotate now…",
  title: "Rotate the data key",
  does: "Everything is encrypted again under a new key, and every way to open the vault is made anew. A copy is kept first; it opens with the ways of before.",
  newCode: "The recovery code of before opens nothing any more. This is the new one.",
  passphrase: "Passphrase of the vault",
  start: "Encrypt everything again",
  running: "Encrypting everything again…",
  moved: (done: number, total: number) => `${done.toLocaleString("en-GB")} of ${total.toLocaleString("en-GB")}`,
  safe: "It can be cut off at any moment: the vault opens as before, then.",
  done: "Everything is under a new key",
  doneText: (items: number) => `${count(items, "item")} encrypted again`,
};

export const doctorText = {
  setting: "Look at everything",
  text: "Tries the keyring, opens every value, and looks whether anything else wrote into the file.",
  run: "Examine…",
  title: "The whole vault",
  running: "Looking at everything…",
  healthy: "Nothing is wrong.",
  ill: "Something is wrong.",
  keyring: "Keyring",
  contents: "Contents",
  all: (items: number, drafts: number) => `All ${count(items, "item")} opened, ${count(drafts, "draft")} among them.`,
  damage: "The file",
  unreadable: (what: string, id: string, column: string) => `Does not open: ${what} ${id} (${column}).`,
  more: (number: number) => `And ${count(number, "more value")}; the report names them all.`,
  unopened: "Not looked at, since the vault does not open.",
  backups: "Copies",
  copies: (number: number) => (number === 0 ? "There is none yet." : `${count(number, "copy", "copies")}.`),
  verified: (when: string, items: number) => `Last verified: ${when}, ${count(items, "item")}.`,
  notVerified: "The newest was never read back.",
  unsound: (when: string) => `The newest did not open to the end ${when}.`,
  again: "Look again",
  save: "Save the report…",
  saved: "Report saved",
  savedText: "It holds ids, paths and numbers, no names and no secrets",
};

export const copiesText = {
  open: "Show all…",
  title: "Copies of the vault",
  toFile: "Back up to a file…",
  none: "There is no copy yet.",
  verified: (items: number) => `All ${count(items, "item")} opened`,
  why: { daily: "Made by itself", asked: "Asked for", "before-rekey": "Before a new key", "before-migration": "Before an update" } as Record<string, string>,
  restore: "Restore…",
  fromFile: "Restore from a file…",
  chooseTitle: "Restore a backup",
  restoreTitle: "Put this copy in the vault's place?",
  restoreText: "What was saved since then is not in it. The vault that is there now is kept beside it under another name, and nothing is overwritten. Sealpost locks afterwards.",
  restoreFirst: "It becomes the vault here, and opens as it did where it was made. The file itself is not changed.",
  secretHint: "Only for a copy that the keyring does not open, such as one from before a new key.",
  restoreNow: "Restore it",
  running: "Opening the copy…",
};

export const portableText = {
  title: "Move elsewhere",
  text: "Drafts, environments and their secrets in one file in the age format, under a passphrase of its own. The age tool opens it without Sealpost.",
  export: "Export…",
  exportTitle: "Export drafts and environments",
  exportText: "Everything in the vault but its history, in a new file that is read back before it is said to exist. Whoever has the file and the passphrase has the secrets.",
  exportNow: "Choose where and export",
  exported: "Exported and read back",
  import: "Import…",
  chooseTitle: "Import an export",
  importTitle: "Add what this file holds?",
  importText: "Its drafts and environments are added beside what is in the vault; nothing that is there is changed.",
  importNow: "Add to the vault",
  imported: "Imported",
  passphrase: "Passphrase of the file",
  opening: "Opening the file…",
  writing: "Writing and reading back…",
  carried: (drafts: number, environments: number, leftOut: number) =>
    `${count(drafts, "draft")}, ${count(environments, "environment")}${leftOut > 0 ? `; ${leftOut} left out` : ""}`,
};
