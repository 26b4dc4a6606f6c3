import { inDays } from "./words";

/** A deadline is read in other places too: with its zone. */
const deadline = (at: number) => new Date(at).toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

export const bannerText = {
  ends: (name: string, days: number) => `The token for ${name} ends ${inDays(days)}.`,
  endsText: (at: number) => `Publishing there stops on ${deadline(at)}.`,
  ended: (name: string) => `The token for ${name} has ended.`,
  endedText: "Nothing can be published there. Your drafts are kept.",
  replace: "Replace token…",
  hide: (name: string) => `Hide the note about ${name}`,
};
