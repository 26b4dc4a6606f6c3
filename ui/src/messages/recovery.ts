import { count, day, moment } from "./words";

const both = (numbers: number[]) => numbers.join(" and ");

export const recoveryText = {
  title: "Save your recovery code",
  text: "The way back in if the keyring loses the key. Shown once.",
  code: "Recovery code",
  writeDown: "Write it on paper or keep it in another password manager. Whoever has it and the vault file can read everything.",
  check: "Check that you have it",
  typeGroups: (numbers: number[]) => `Type groups ${both(numbers)}.`,
  group: (number: number) => `Group ${number}`,
  confirm: "Continue",
  later: "Later, in the settings",
  cancel: "Cancel",
  setting: "Recovery code",
  made: (at: number) => `Made on ${day(at)}. It opens the vault if the keyring's key is lost.`,
  none: "There is none. If the keyring loses the key, nothing opens this vault any more.",
  make: "Make one…",
  makeNew: "Make a new one…",
  replaced: "The recovery code is in force",
  replacedText: "An earlier one opens nothing any more",
  /** The way back in. */
  use: "Use the recovery code",
  back: "Back",
  field: "Recovery code or passphrase",
  hint: "Small letters, blanks and hyphens make no difference.",
  open: "Open the vault",
  passphrase: "Passphrase",
  unlock: "Unlock",
};

/** "20261124-080000" in UTC, as a moment. */
export function madeAt(stamp: string, now: number): string {
  const made = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/, "$1-$2-$3T$4:$5:$6Z"));
  return Number.isNaN(made) ? stamp : moment(made, now);
}

export const backupText = {
  title: "Backup",
  copies: "Encrypted copies",
  reading: "Reading…",
  none: "There is no copy yet. One is made every day.",
  some: (number: number, newest: string, folder: string) => `${count(number, "copy", "copies")}, the newest of ${newest}, in ${folder}.`,
  now: "Back up now",
  done: "Backed up and read back",
  doneText: (items: number, drafts: number) => `${count(items, "item")}, ${count(drafts, "draft")}`,
  check: "Check the newest",
  drill: "Last check",
  never: "No copy was read back yet.",
  sound: (when: string, items: number) => `${when}: all ${count(items, "item")} of the copy opened.`,
  unsound: (when: string, unreadable: number) => `${when}: ${count(unreadable, "value")} of the copy did not open.`,
  damaged: (when: string, damage: string[]) => `${when}: something is wrong with the copy: ${damage.join("; ")}.`,
  kept: (number: number) => `The last ${number} daily copies are kept.`,
  restore: "Restore the newest copy",
  restoring: "Restoring…",
  restored: (drafts: number) => `Restored: ${count(drafts, "draft")}`,
  restoredText: (kept: string | null) => (kept ? `What was in its place is kept as ${kept}` : "Nothing was in its place"),
};
