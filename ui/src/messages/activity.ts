import { count } from "./words";
import type { ActivityEntry } from "../bindings/types";
import type { IconName } from "../ui/icons";

export const TONES: Record<string, { word: string; icon: IconName; tone: string }> = {
  ok: { word: "Done", icon: "circle-check", tone: "ok" },
  warn: { word: "Note", icon: "triangle-alert", tone: "warn" },
  bad: { word: "Failed", icon: "circle-x", tone: "bad" },
};

/** "14:06:22". */
export function clock(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** "Today", "Yesterday", "Tue 24 Nov 2026": in the time of this computer. */
export function dayName(at: number, now: number): string {
  const date = new Date(at);
  const today = new Date(now);
  if (date.toDateString() === today.toDateString()) return "Today";
  today.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return "Yesterday";
  return date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });
}

export interface Day {
  name: string;
  entries: ActivityEntry[];
}

/** Entries, newest first, by day. */
export function byDay(entries: ActivityEntry[], now: number): Day[] {
  const days: Day[] = [];
  for (const entry of entries) {
    const name = dayName(entry.at, now);
    const last = days[days.length - 1];
    if (last?.name === name) last.entries.push(entry);
    else days.push({ name, entries: [entry] });
  }
  return days;
}

export const activityText = {
  title: "Activity",
  more: ", more below",
  report: "Copy report",
  reportTitle: "Every write to an environment, as Markdown: who, what, where, when, with which result",
  reportCopied: (number: number) => `Report copied: ${count(number, "attempt")}`,
  tryAgain: "Try again",
  none: "Nothing has happened yet",
  noneText: "Every save, publish and revealed secret is listed here, without its value.",
  table: "What happened, newest first",
  when: "When",
  what: "What",
  where: "Where",
  result: "Result",
  thisVault: "This vault",
  draft: "Draft",
  recorded: "Recorded",
  entry: (number: number) => `entry ${number}`,
  open: (name: string | null) => `Open ${name ?? "the draft"}`,
  older: "Show older entries",
  reading: "Reading…",
  sealed: "Kept in the vault, encrypted. Secret values are never written here.",
};
