import type { MatrixQuery, MatrixRow, MatrixView, SyncState } from "../bindings/types";

const STATES: SyncState[] = ["matches", "modified", "drifted", "failed", "matches", "notTarget", "matches", "missing"];
const NAMES = ["checkout-login", "payments-mtls-client", "sap-gateway-monitor", "servicenow-webhook", "core-switches-snmp"];

/** A matrix of so many rows and columns; every seventh row is a set that no draft is linked to. */
export function sampleMatrix(rows: number, columns: number): (query: MatrixQuery) => MatrixView {
  const drafts = Math.ceil((rows * 6) / 7);
  const row = (at: number): MatrixRow => {
    const foreign = at >= drafts;
    const cells = Array.from({ length: columns }, (_, column) => {
      const state = foreign ? "notTarget" : (STATES[(at * 7 + column * 3) % STATES.length] ?? "matches");
      const there = foreign ? (at + column) % 3 === 0 : state !== "notTarget";
      return { state, remoteId: there ? `CREDENTIALS_VAULT-${((at + 1) * 2_654_435_761 + column * 97).toString(16).toUpperCase().padStart(16, "0").slice(-16)}` : null };
    });
    return {
      key: `row-${at}`, draftId: foreign ? null : `draft-${at}`, name: at < NAMES.length ? (NAMES[at] ?? "") : `${foreign ? "tf-managed" : "set"}-${at}`,
      type: ["USERNAME_PASSWORD", "CERTIFICATE", "SNMPV3", "TOKEN"][at % 4] ?? "TOKEN", state: "matches", missing: foreign ? 0 : cells.filter((cell) => cell.remoteId === null).length, cells,
    };
  };
  return (query) => {
    const offset = query.offset ?? 0;
    const length = Math.max(0, Math.min(query.limit ?? 100, rows - offset));
    return {
      total: rows, offset, drafts,
      environments: Array.from({ length: columns }, (_, at) => ({ id: `env-${at}`, name: ["prod-eu", "prod-us", "staging", "edge-lab", "sandbox"][at] ?? `env-${at}`, colour: ["red", "orange", "amber", "violet", "green"][at % 5] ?? "grey", protected: at < 2, lookedAt: null })),
      rows: Array.from({ length }, (_, at) => row(offset + at)),
    };
  };
}
