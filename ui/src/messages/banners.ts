import { count, inDays } from "./words";

/** A deadline is read in other places too: with its zone. */
const deadline = (at: number) => new Date(at).toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

export const bannerText = {
  ends: (name: string, days: number) => `The token for ${name} ends ${inDays(days)}.`,
  endsText: (at: number) => `Publishing there stops on ${deadline(at)}.`,
  ended: (name: string) => `The token for ${name} has ended.`,
  endedText: "Nothing can be published there. Your drafts are kept.",
  unresolved: (number: number) => `${count(number, "request")} without a known outcome.`,
  unresolvedText: "Nothing is repeated until it is known whether it arrived.",
  findOut: "Find out",
  cutOff: (done: number, total: number) => `A publish was cut off: ${done} of ${total} done.`,
  cutOffText: (unresolved: number, rest: number) =>
    [unresolved > 0 ? `${count(unresolved, "row")} unresolved` : "", rest > 0 ? `${count(rest, "row")} not started` : ""].filter(Boolean).join(", "),
  goOn: "Plan the rest…",
  hideCutOff: "Hide the note about the publish that was cut off",
  hideNotice: (title: string) => `Hide: ${title}`,
  replace: "Replace token…",
  hide: (name: string) => `Hide the note about ${name}`,
};
