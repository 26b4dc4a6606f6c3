import type { ActivityEntry } from "../src/bindings/types";
import { ENVIRONMENTS, NOW } from "./sampleData";

const LINES: [minutes: number, kind: string, text: string, draft: number | null, name: string | null, environment: number | null, tone: string][] = [
  [3, "published", "Created payments-mtls-client", 1, "payments-mtls-client", 2, "warn"],
  [4, "published", "Updated servicenow-webhook", 2, "servicenow-webhook", 2, "ok"],
  [4, "publishFailed", "servicenow-webhook was not updated", 2, "servicenow-webhook", 0, "bad"],
  [5, "published", "Created payments-mtls-client", 1, "payments-mtls-client", 0, "ok"],
  [5, "published", "Updated checkout-login", 0, "checkout-login", 0, "ok"],
  [9, "draftSaved", "Changed password of checkout-login", 0, "checkout-login", null, "ok"],
  [30, "driftFound", "Found a change in servicenow-webhook", 2, "servicenow-webhook", 0, "warn"],
  [300, "unlocked", "Unlocked northwind", null, null, null, "ok"],
  [1500, "locked", "Locked northwind", null, null, null, "ok"],
  [1530, "published", "Updated oracle-extension-ro", 7, "oracle-extension-ro", 1, "ok"],
  [1600, "secretCopied", "Copied password of sap-gateway-monitor", 4, "sap-gateway-monitor", null, "ok"],
];

export const ACTIVITY: ActivityEntry[] = LINES.map(([minutes, kind, text, draft, name, environment, tone], at) => ({
  seq: 86 - at, at: NOW - minutes * 60_000, kind, text, draftId: draft === null ? null : `draft-${draft}`, draftName: name,
  environmentId: environment === null ? null : `env-${environment}`, environmentName: environment === null ? null : (ENVIRONMENTS[environment]?.name ?? null), attemptId: kind === "created" || kind === "updated" || kind.startsWith("publish") ? `attempt-${at}` : null, tone,
  details: kind === "publishFailed"
    ? [{ label: "Request", value: "PUT /api/v2/credentials/CREDENTIALS_VAULT-5B80E6F2A9D1374C" }, { label: "Server said", value: "Requested credentials belong to another user" }, { label: "Sent fields", value: "name, description, token (value not logged), scopes, ownerAccessOnly" }, { label: "Kept", value: "Draft revision 6 and the remote set are unchanged." }]
    : [],
}));
