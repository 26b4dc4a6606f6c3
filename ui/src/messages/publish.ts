import type { PlanAction, ReconcileOutcome, RunItem, RunState, UsageView } from "../bindings/types";
import type { IconName } from "../ui/icons";
import { count } from "./words";

interface Look {
  word: string;
  icon: IconName;
  tone: string;
}

export const ACTIONS: Record<PlanAction, Look> = {
  create: { word: "Create", icon: "plus", tone: "ok" },
  update: { word: "Update", icon: "pencil", tone: "acc" },
  adopt: { word: "Adopt", icon: "link", tone: "acc" },
  conflict: { word: "Conflict", icon: "git-compare", tone: "warn" },
  delete: { word: "Delete", icon: "trash-2", tone: "bad" },
  noChange: { word: "No change", icon: "equal", tone: "t3" },
  blocked: { word: "Blocked", icon: "ban", tone: "bad" },
};

const STATES: Record<RunState, Look> = {
  queued: { word: "Queued", icon: "clock", tone: "t3" },
  sending: { word: "Sending", icon: "loader-circle", tone: "acc" },
  waiting: { word: "Waiting", icon: "hourglass", tone: "warn" },
  verifying: { word: "Verifying", icon: "loader-circle", tone: "acc" },
  done: { word: "Done", icon: "circle-check", tone: "ok" },
  failed: { word: "Failed", icon: "circle-x", tone: "bad" },
  unclear: { word: "Unclear", icon: "triangle-alert", tone: "warn" },
  skipped: { word: "Skipped", icon: "ban", tone: "t3" },
};

/** A finished item says what was done, not only that it is done. */
export function runLook(item: RunItem): Look {
  const look = STATES[item.state];
  if (item.state !== "done") return look;
  const words: Partial<Record<PlanAction, string>> = { create: "Created", update: "Updated", conflict: "Updated", adopt: "Adopted", delete: "Deleted" };
  return { ...look, word: words[item.action] ?? look.word };
}

/** "12 s", "1 min 20 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Seconds until the next try, never below zero. */
export function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1000));
}

const USAGE: Record<string, string> = { HTTP_MONITOR: "HTTP monitor", BROWSER_MONITOR: "browser monitor" };

/** "4 HTTP monitors, 1 browser monitor". */
export function usageText(usage: UsageView[]): string {
  return usage
    .filter(({ count: number }) => number > 0)
    .map(({ kind, count: number }) => count(number, USAGE[kind] ?? kind))
    .join(", ");
}

/** "4 published, 1 failed, 1 skipped". */
export function resultTitle(items: RunItem[]): string {
  const number = (state: RunState) => items.filter((item) => item.state === state).length;
  const parts = [
    [number("done"), "published"],
    [number("failed"), "failed"],
    [number("unclear"), "unclear"],
    [number("skipped"), "skipped"],
  ] as const;
  return parts.filter(([many]) => many > 0).map(([many, word]) => `${many} ${word}`).join(", ") || "Nothing was published";
}

/** The report as text for a ticket: ids and words of the server, never a value of a secret. */
export function reportText(items: RunItem[]): string {
  return items
    .map((item) => {
      const lines = [`${item.draftName} → ${item.environment}: ${runLook(item).word}`];
      if (item.remoteId) lines.push(`  ID: ${item.remoteId}`);
      if (item.owner) lines.push(`  Owner: ${item.owner}`);
      if (item.message) lines.push(`  ${item.message}`);
      if (item.serverMessage) lines.push(`  Server: “${item.serverMessage}”`);
      for (const { label, value } of item.violations) lines.push(`  ${label}: ${value}`);
      return lines.join("\n");
    })
    .join("\n");
}

export const planText = {
  title: "Publish plan",
  summary: (drafts: number, environments: number, age: string) => `${count(drafts, "draft")} to ${count(environments, "environment")} · checked against each environment ${age}`,
  now: "now",
  ago: (time: string) => `${time} ago`,
  checkAgain: "Check again",
  table: "What would be published",
  include: "Include",
  draft: "Draft",
  action: "Action",
  happens: "What happens",
  includeRow: (draft: string, environment: string) => `Include ${draft} on ${environment}`,
  asOwner: (name: string) => `as ${name}`,
  protected: "Protected",
  toPublish: (number: number) => `${number} to publish`,
  toDelete: (number: number) => `${number} to delete`,
  moreReasons: (number: number) => ` and ${count(number, "more reason")}`,
  warnings: (number: number) => count(number, "warning"),
  agree: (owner: string, draft: string, environment: string) => `Agree that ${owner} becomes the owner of ${draft} on ${environment}`,
  makeOwner: ["Make ", " the owner"] as const,
  fromTo: (from: string, to: string) => `${from} → ${to}`,
  leftOut: "Left out until you agree",
  reading: "Reading what is in each environment…",
  noPlan: "There is no plan",
  nothing: "Nothing to publish",
  noPlanText: "Nothing was sent. Check again when the cause is gone.",
  nothingText: "No draft is selected for any environment.",
  nothingTicked: "Nothing is ticked that can be published.",
  namesFirst: "Type the name of each protected environment first.",
  cancel: "Cancel",
  apply: (number: number) => `Apply ${count(number, "change")}`,
  unpublishTitle: "Unpublish",
  unpublishText: "The sets are deleted there, and monitors that use one would fail. The drafts stay here and can be published again, under a new ID.",
  unpublish: (number: number) => `Delete ${count(number, "set")}`,
  changedThere: (fields: string[]) => `Changed there since it was published: ${fields.join(", ")}.`,
  keepMine: "Keep mine",
  takeTheirs: "Take theirs",
  sameName: (number: number) => (number === 1 ? "A set of this name is there already" : `${number} sets of this name are there already`),
  makeNew: "Make another one",
  takeOver: (id: string, owner: string) => `Take over ${id} of ${owner}`,
  ownerChanges: (from: string, to: string) => `Its owner changes: ${from} → ${to}`,
  isProtected: (name: string) => `${name} is protected`,
  typeName: (changes: number) => `Type its name to allow ${count(changes, "change")} there.`,
  nameMatches: "Name matches",
};

export const diffText = {
  title: "Changes",
  owner: "Owner",
  removed: "removed: ",
  added: "added: ",
  changed: "Changed",
  neverShown: "Values are never shown",
  there: "there",
  mine: "here",
  standing: (standing: string) => (standing === "ignored" ? "Ignored there" : "Accepted there"),
  empty: "empty",
  monitors: "Monitors that use it",
  disabled: " · disabled",
  inUse: "In use there",
  unchanged: "Unchanged",
  choose: "Choose a row to see what would change.",
};

export const runText = {
  title: "Publishing",
  done: (done: number, all: number) => `${done} of ${all} done`,
  part: (done: number, all: number) => `${done} of ${all}`,
  goesOn: "You can hide this. Publishing goes on.",
  hide: "Hide",
  progress: "Published so far",
  table: "What is being published",
  draft: "Draft",
  action: "Action",
  state: "State",
  time: "Time",
  retryIn: (seconds: number) => `Retry in ${seconds} s`,
  cancelling: "Finishing the request in flight. The rest stays unpublished.",
  cancelText: "Cancel finishes the request in flight and leaves the rest unpublished.",
  cancel: "Cancel the rest",
};

export const reportWords = {
  took: (when: string, time: string) => `${when} · took ${time}`,
  table: "Result per draft and environment",
  draft: "Draft",
  environment: "Environment",
  result: "Result",
  idAndOwner: "ID and owner",
  time: "Time",
  copyId: (draft: string, environment: string) => `Copy ID of ${draft} on ${environment}`,
  owner: "Owner",
  notPublished: "Not published",
  noId: "No ID",
  copyIds: "Copy IDs",
  idsCopied: "IDs copied",
  copyReport: "Copy report",
  reportCopied: "Report copied",
  retry: (number: number) => `Retry failed (${number})`,
  done: "Done",
  unclear: (draft: string, verb: string) => `${draft} may or may not have been ${verb} on`,
  failed: (draft: string, verb: string) => `${draft} was not ${verb} on`,
  moreProblems: (more: number) => `${count(more, "more problem")}: each stands in the table.`,
  created: "created",
  updated: "updated",
  copyDetailsOf: (draft: string, environment: string) => `Copy details of ${draft} on ${environment}`,
  copyDetails: "Copy details",
  detailsCopied: "Details copied",
  server: "Server:",
  whyNoRetry: "Sealpost does not repeat a request whose outcome it does not know, so that no set is made twice. “Check for drift” reads what is there.",
};

export const driftText = {
  compared: "Metadata was compared. Secrets can't be: Dynatrace never returns them.",
  none: "No drift found",
  found: (environments: number) => `Changed in ${count(environments, "environment")}`,
};

export const hiddenRunText = {
  published: (done: number, all: number) => `Published ${done} of ${all}`,
  report: "Report",
};

const OUTCOMES: Record<ReconcileOutcome, { icon: IconName; tone: string }> = {
  adopted: { icon: "circle-check", tone: "callout--ok" },
  confirmed: { icon: "circle-check", tone: "callout--ok" },
  notArrived: { icon: "info", tone: "" },
  ask: { icon: "triangle-alert", tone: "callout--warn" },
  unclear: { icon: "triangle-alert", tone: "callout--warn" },
  unreadable: { icon: "wifi-off", tone: "callout--bad" },
};

/** What became of requests whose answer is missing. */
export const reconcileText = {
  title: "What became of it",
  looks: OUTCOMES,
  what: (draft: string, environment: string) => `${draft} on ${environment}`,
  choose: "It is this one",
  chooseNamed: (id: string) => `It is this one: ${id}`,
  none: "None of them",
  nothing: "Nothing is left open.",
  never: "No request was repeated.",
  settled: (number: number) => `Found out what became of ${count(number, "request")}`,
  show: "Show",
  done: "Done",
};
