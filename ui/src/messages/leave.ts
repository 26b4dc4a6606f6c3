import { count } from "./words";

export const leaveText = {
  title: (number: number) => (number === 1 ? "1 form has unsaved edits" : `${number} forms have unsaved edits`),
  /** Before the window closes. */
  close: "What is not stored is out of sight until Sealpost starts again.",
  /** Before a lock that could not keep everything. */
  lock: "They could not be kept sealed for after the lock, and locking clears everything that is not stored.",
  more: (number: number) => `and ${count(number, "more", "more")}`,
  stay: "Keep editing",
  discard: (what: "lock" | "close") => `Discard and ${what}`,
  save: (what: "lock" | "close") => `Save and ${what}`,
};

/** Over a form that was filled again. */
export const restoredText = {
  title: "Not saved yet.",
  text: (when: string) => `These edits were kept sealed (${when}) and are back as you left them.`,
  discard: "Discard them",
};
