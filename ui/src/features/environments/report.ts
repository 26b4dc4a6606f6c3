import type { EnvironmentView, ProbeView } from "../../bindings/types";
import { reportText as text } from "../../messages/environments";

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/[/:].*$/, "");
}

/** A connection test as text for a ticket, without address, environment id, owner and token. */
export function redactedReport(probe: ProbeView, environment: Pick<EnvironmentView, "url" | "kind" | "environmentKey" | "tokenIdentifier"> | null): string {
  const hidden: [string | null | undefined, string][] = [
    [environment?.url, "<address>"],
    [environment ? hostOf(environment.url) : null, "<host>"],
    [environment?.environmentKey, "<environment>"],
    [environment?.tokenIdentifier, "<token>"],
    [probe.owner, "<owner>"],
  ];
  const redact = (line: string) => hidden.reduce((so, [find, put]) => (find ? so.replaceAll(find, put) : so), line);
  return [
    text.head(new Date(probe.at).toISOString()),
    text.summary(environment?.kind ?? null, probe.reachable, probe.canWrite),
    ...(probe.latencyMs === null ? [] : [text.roundTrip(probe.latencyMs)]),
    ...probe.checks.map((check) => redact(`${check.name}: ${check.word} (${check.result}). ${check.detail}`)),
  ].join("\n");
}
