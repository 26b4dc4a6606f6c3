import type { DriftView, FieldStanding } from "../bindings/types";
import { dayName } from "./activity";
import { count } from "./words";

/** What differs between what was published and what is in an environment. */
export const driftPaneText = {
  tabs: "What to show of the environment",
  connection: "Connection",
  drift: "Drift",
  checked: (ago: string, sets: number) => `Checked ${ago} ago · ${count(sets, "set")} there`,
  justNow: "a moment",
  notChecked: "Not checked since unlocking",
  check: "Check now",
  changed: "Changed outside Sealpost",
  secrets: "Secrets cannot be compared; Dynatrace never returns them",
  none: "Nothing there differs from what was published.",
  fields: (one: DriftView, now: number) => {
    const open = one.fields.filter((field) => field.standing === "open").length;
    const differ = open === 0 ? "Nothing left to settle" : `${count(open, "field differs", "fields differ")}`;
    const seen = one.seenAt === null ? "" : `, first seen ${dayName(one.seenAt, now).toLowerCase()} at ${new Date(one.seenAt).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
    return `${differ}${seen}${one.owner ? ` · owner ${one.owner}` : ""}`;
  },
  gone: (one: DriftView, now: number) => `Not found there${one.seenAt === null ? "" : ` since ${dayName(one.seenAt, now).toLowerCase()}`}. The recorded ID answers 404.`,
  mine: "Your draft",
  there: (environment: string) => `On ${environment}`,
  field: "Field",
  settleHead: "Settle",
  empty: "empty",
  keepMine: "Keep mine…",
  takeTheirs: "Take theirs",
  createAgain: "Create again…",
  forget: "Forget ID",
  of: (what: string, draft: string) => `${what} ${draft}`,
  accept: "Accept",
  acceptTitle: "Let it stay so there. Another value there is a difference again.",
  ignore: "Ignore",
  ignoreTitle: "Stop comparing this field in this environment.",
  compare: "Compare again",
  settle: (what: string, field: string, draft: string) => `${what}: ${field} of ${draft}`,
  standing: { open: "", accepted: "Accepted", ignored: "Ignored" } satisfies Record<FieldStanding, string>,
  taken: (draft: string) => `${draft} has what is there`,
  revision: (revision: number) => `Revision ${revision}, with the secret it had`,
};

/** What is in an environment and in no draft. */
export const remoteText = {
  title: "Not in this vault",
  notYet: "Check now to see the sets there that no draft is linked to.",
  none: "Every set there that the token can see is linked to a draft.",
  name: "Name",
  id: "ID",
  owner: "Owner",
  usage: "Usage",
  unused: "Unused",
  selectAll: "Select all sets",
  select: (name: string) => `Select ${name}`,
  adopt: "Adopt",
  adoptNamed: (name: string) => `Adopt ${name}`,
  adoptSelected: (number: number) => `Adopt ${number} selected`,
  copyId: (name: string) => `Copy ID of ${name}`,
  note: "Adopting copies everything except the secret.",
  noteText: (environment: string) => `An adopted draft asks for its secret before it can be published. The set on ${environment} is not touched.`,
  ignore: "Ignore",
  ignoreNamed: (name: string) => `Ignore ${name}`,
  ignoreSelected: (number: number) => `Ignore ${number}`,
  ignored: (number: number) => `${count(number, "set")} ignored`,
  ignoredText: "Listed below under what is settled, until you stop ignoring",
  left: (number: number) => `${count(number, "set")} not adopted`,
  adopted: (number: number, name: string) => (number === 1 ? `${name} adopted` : `${number} sets adopted`),
  needsSecret: "It needs its secret before it can be published",
  open: "Open",
};

/** What a person said shall stay as it is there. */
export const settledText = {
  title: "Settled and ignored",
  what: "What",
  there: "As it is there",
  standing: "Settled as",
  fieldOf: (field: string, draft: string) => `${field} of ${draft}`,
  set: "Set that no draft is linked to",
  ignoredSet: "Ignored",
  stop: "Stop ignoring",
  stopNamed: (name: string) => `Stop ignoring ${name}`,
  stopAll: "Stop ignoring all sets",
};
