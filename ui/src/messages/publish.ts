import type { PlanAction, RunItem, RunState, UsageView } from "../bindings/types";
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
  return { ...look, word: item.action === "create" ? "Created" : item.action === "update" ? "Updated" : "Done" };
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
