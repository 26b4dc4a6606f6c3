import type { PlanRow, PlanView, RunItem } from "../src/bindings/types";
import { ENVIRONMENTS, OWNER } from "./sampleData";

function row(draft: number, environment: number, part: Partial<PlanRow>): PlanRow {
  const name = ["checkout-login", "payments-mtls-client", "servicenow-webhook"][draft] ?? "";
  const typeName = ["USERNAME_PASSWORD", "CERTIFICATE", "TOKEN"][draft] ?? "";
  return {
    key: `draft-${draft}:env-${environment}`, draftId: `draft-${draft}`, draftName: name, typeName, revision: 14, environmentId: `env-${environment}`, action: "update",
    remoteId: "CREDENTIALS_VAULT-1E6EA5075AF7E85D", request: "PUT …/CREDENTIALS_VAULT-1E6EA5075AF7E85D", summary: "", changes: [], unchanged: [], reasons: [], warnings: [],
    ownerChange: null, usage: [], monitors: [], adoptable: [], conflict: [], standing: [], fingerprint: "", ...part,
  };
}

const planned = [0, 2, 3].flatMap((at) => ENVIRONMENTS[at] ?? []);

export const PLAN: PlanView = {
  id: "plan-1", madeAt: 0, fingerprint: "f",
  environments: planned.map((one) => ({ id: one.id, name: one.name, colour: one.colour, protected: one.protected, tokenOwner: one.name === "edge-lab" ? null : OWNER, problem: one.name === "edge-lab" ? "No answer from ag-lab-01" : null })),
  rows: [
    row(0, 0, {
      summary: "Description, password, scopes", unchanged: ["Name", "username", "owner only"], usage: [{ kind: "HTTP_MONITOR", count: 3 }],
      changes: [
        { path: "description", label: "Description", secret: false, before: ["Signs in to the checkout journey"], after: ["Signs in to the checkout journey, v2 storefront"] },
        { path: "password", label: "Password", secret: true, before: [], after: [] },
        { path: "scopes", label: "Scopes", secret: false, before: ["SYNTHETIC"], after: ["SYNTHETIC", "EXTENSION"] },
      ],
    }),
    row(1, 0, { action: "create", remoteId: null, request: "POST /api/v2/credentials", summary: "New set, owner only", warnings: ["The certificate ends in 12 days."] }),
    row(2, 0, { summary: "Token", ownerChange: { from: "r.silva@northwind.example", to: OWNER } }),
    row(0, 2, { action: "noChange", summary: "Matches the draft" }),
    row(1, 2, { action: "create", remoteId: null, request: "POST /api/v2/credentials", summary: "New set, owner only" }),
    row(2, 2, { summary: "Token" }),
    row(2, 3, { action: "blocked", summary: "Stays unpublished", reasons: ["No answer from ag-lab-01. Stays unpublished."] }),
  ],
};

export const RUN: { held: Partial<RunItem>[]; ends: Partial<RunItem>[] } = {
  held: [
    { state: "done", tookMs: 412, owner: OWNER },
    { state: "done", tookMs: 638, remoteId: "CREDENTIALS_VAULT-93D0B7E42C6F1A58" },
    { state: "waiting", message: "attempt 2 of 5", retryAt: Date.now() + 14_000 },
    { state: "queued" },
  ],
  ends: [
    { state: "done", tookMs: 412, owner: OWNER },
    { state: "done", tookMs: 638, owner: OWNER, remoteId: "CREDENTIALS_VAULT-93D0B7E42C6F1A58" },
    { state: "done", tookMs: 500, owner: OWNER, remoteId: "CREDENTIALS_VAULT-D41C7F0836B2E95A" },
    { state: "failed", tookMs: 288, remoteId: "CREDENTIALS_VAULT-5B80E6F2A9D1374C", message: "The set there and your draft are both unchanged.", serverMessage: "Requested credentials belong to another user", hint: "Publish with a token of r.silva@northwind.example, or create a new set instead." },
  ],
};
