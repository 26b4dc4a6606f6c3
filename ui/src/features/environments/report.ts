import type { EnvironmentView, ProbeView } from "../../bindings/types";

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
  const redact = (text: string) => hidden.reduce((so, [find, put]) => (find ? so.replaceAll(find, put) : so), text);
  return [
    `Sealpost connection test, ${new Date(probe.at).toISOString()}`,
    `Kind: ${environment?.kind ?? "unknown"}, reachable: ${probe.reachable ? "yes" : "no"}, can publish: ${probe.canWrite ? "yes" : "no"}`,
    ...(probe.latencyMs === null ? [] : [`Round trip: ${probe.latencyMs} ms`]),
    ...probe.checks.map((check) => redact(`${check.name}: ${check.word} (${check.result}). ${check.detail}`)),
  ].join("\n");
}
