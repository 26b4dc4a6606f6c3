import type { DriftView, RemoteSetView, RemoteView } from "../bindings/types";

const NOW = Date.now();

export function driftView(part: Partial<DriftView> = {}): DriftView {
  return {
    draftId: "draft-4", draftName: "servicenow-webhook", type: "TOKEN", environmentId: "env-0", environment: "prod-eu", remoteId: "CREDENTIALS_VAULT-6A1F00C2D4E84B93", state: "drifted",
    owner: "r.silva@northwind.example", seenAt: NOW - 3_600_000, verifiedAt: NOW - 40_000,
    fields: [
      { path: "description", label: "Description", published: ["ServiceNow incident webhook"], theirs: ["ServiceNow incident webhook (EU)"], mine: ["ServiceNow incident webhook"], standing: "open" },
      { path: "scopes", label: "Scopes", published: ["SYNTHETIC"], theirs: ["EXTENSION", "SYNTHETIC"], mine: ["SYNTHETIC"], standing: "ignored" },
    ],
    ...part,
  };
}

export function remoteSet(number: number, part: Partial<RemoteSetView> = {}): RemoteSetView {
  return {
    id: `CREDENTIALS_VAULT-B24E07D9C183${String(number).padStart(4, "0")}`, name: ["loyalty-mobile-login", "edi-partner-2026", "tf-managed-grafana"][number] ?? `set-${number}`, type: ["USERNAME_PASSWORD", "CERTIFICATE", "TOKEN"][number % 3] ?? "TOKEN",
    description: "", owner: "m.kowalska@northwind.example", ownerAccessOnly: true, scopes: ["SYNTHETIC"], usage: number === 0 ? [{ kind: "HTTP_MONITOR", count: 4 }] : [], draftId: null, ...part,
  };
}

export function remoteView(part: Partial<RemoteView> = {}): RemoteView {
  return {
    environmentId: "env-0", lookedAt: NOW - 40_000, sets: 32,
    drift: [driftView(), driftView({ draftId: "draft-5", draftName: "vpn-gateways-snmp", type: "SNMPV3", state: "missing", fields: [] })],
    unmanaged: [0, 1, 2].map((number) => remoteSet(number)), ignored: [], ...part,
  };
}
