import type { AttemptEvidence } from "../bindings/types";

/** What is kept of an update that was tried twice. */
export function sampleEvidence(id = "0192f4c2-0000-7000-8000-000000000001"): AttemptEvidence {
  const request = {
    sentAt: 1_764_000_000_000,
    method: "PUT",
    path: "/api/v2/credentials/CREDENTIALS_VAULT-6A1F00C2D4E84B93",
    requestHeaders: [{ label: "authorization", value: "Api-Token ‹secret›" }, { label: "content-type", value: "application/json; charset=utf-8" }],
    requestBody: '{"type":"USERNAME_PASSWORD","name":"checkout-login","scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"robot","password":"‹secret›"}',
    responseHeaders: [{ label: "content-type", value: "application/json" }],
    failure: null,
  };
  return {
    attempt: {
      id, at: "2026-11-24 13:41:07", action: "update", state: "done", name: "checkout-login", draftId: "draft-0", revision: 7, environment: "prod-eu",
      remoteId: "CREDENTIALS_VAULT-6A1F00C2D4E84B93", tokenOwner: "m.kowalska@northwind.example", ownerBefore: "r.silva@northwind.example",
      ownerAfter: "m.kowalska@northwind.example", localUser: "mkowalska", status: 204, tookMs: 2_412,
    },
    message: "",
    serverMessage: null,
    exchanges: [
      { ...request, status: 503, responseBody: '{"error":{"code":503,"message":"Service unavailable."}}', tookMs: 84 },
      { ...request, sentAt: 1_764_000_002_000, status: 204, responseHeaders: [], responseBody: null, tookMs: 412 },
    ],
  };
}
