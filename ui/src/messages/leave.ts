type Leaving = "lock" | "close";

export const leaveText = {
  title: (number: number) => (number === 1 ? "1 draft has unsaved edits" : `${number} drafts have unsaved edits`),
  text: (what: Leaving) => (what === "lock" ? "Locking clears everything that is not stored, so that nothing stays in memory." : "What is not stored goes with the window."),
  more: (number: number) => `and ${number} more`,
  stay: "Keep editing",
  discard: (what: Leaving) => `Discard and ${what}`,
  save: (what: Leaving) => `Save and ${what}`,
};
