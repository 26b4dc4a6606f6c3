import type { DraftRow, EnvironmentView, PublicationView, SyncState, UsageView } from "../src/bindings/types";

export const NOW = Date.now();
const MINUTE = 60_000;
const DAY = 86_400_000;
export const OWNER = "m.kowalska@northwind.example";

const LETTERS: Record<string, SyncState> = { m: "modified", u: "unpublished", s: "matches", "-": "notTarget", d: "drifted", f: "failed", n: "needsSecret", x: "unclear", p: "publishing" };
const TYPES: Record<string, string> = { U: "USERNAME_PASSWORD", T: "TOKEN", C: "CERTIFICATE", P: "PUBLIC_CERTIFICATE", S: "SNMPV3", A: "AWS_MONITORING_KEY_BASED", R: "AWS_MONITORING_ROLE_BASED" };

// type | name | beside the name | state per environment | age
const ROWS = `
U|checkout-login|svc-checkout-synth|mus-s|4m
C|payments-mtls-client|CN=payments-gw|uuu-m|22m
T|servicenow-webhook|dt0c01 … 7HQX|d-mus|1h
U|loyalty-portal-login|synth.loyalty@northwind.example|ss--s|3h
U|sap-gateway-monitor|HashiCorp AppRole|ss---|5h
S|core-switches-snmp|nw-monitor|-ss-s|1d
A|cloudwatch-eu-central-1|AKIA…R4TQ|sss--|1d
U|oracle-extension-ro|DT_MONITOR|sf---|1d
T|azure-devops-pat|Azure Key Vault|s-s--|2d
P|internal-root-ca|CN=Northwind Root CA G2|ssss-|2d
R|org-monitoring-role|arn:…/DynatraceMonitoring|sss--|3d
C|mq-broker-mtls|CN=mq-broker-01|ss---|4d
U|partner-edi-portal|edi.robot|n----|6d
S|vpn-gateways-snmp|nw-monitor|d-s--|8d
U|grafana-readonly|viewer|--s-s|9d
T|jira-automation|dt-bridge|sss--|12d
U|warehouse-scanner-app|scan-synth|-u--s|15d
P|k8s-ingress-public|CN=*.apps.northwind.example|sss-s|18d
U|hr-self-service|synth.hr|ss--s|21d
T|statuspage-writer|page 4qk1|uu--s|24d
U|payroll-portal-login|synth.payroll|ss---|26d
T|stripe-payout-token|payouts|--m--|27d
C|edge-gateway-mtls|CN=edge-gw-02|s-s--|28d
U|b2b-catalogue-login|catalogue.robot|ss---|30d
A|billing-export-key|AKIA…M2PL|s----|31d
S|datacenter-ups-snmp|ups-ro|--s--|33d
U|tms-dispatch-login|dispatch|ss--s|34d
T|pagerduty-events|routing key|s-s--|35d
U|archive-search|synth.archive|s----|38d
C|legacy-soap-mtls|CN=soap-legacy|ss---|41d
P|partner-ca-2026|CN=Partner CA|s-s--|44d
U|kiosk-login|kiosk.synth|-x--s|52d
U|travel-booking|synth.travel|s----|57d
T|feature-flags-reader|flags|ss---|61d`;

export const ENVIRONMENTS: EnvironmentView[] = [
  ["prod-eu", "red", true, "SaaS", "https://fxz48210.live.dynatrace.com", 84, 28],
  ["prod-us", "orange", true, "Managed", "https://dt.northwind.example/e/7a1c", 132, 24],
  ["staging", "amber", false, "SaaS", "https://qhd77031.live.dynatrace.com", 61, 19],
  ["edge-lab", "violet", false, "ActiveGate", "https://ag-lab-01.northwind.example:9999/e/lab", null, 1],
  ["sandbox", "green", false, "Sandbox", "http://127.0.0.1:14999", 1, 9],
].map(([name, colour, guarded, kind, url, latency, published], at) => ({
  id: `env-${at}`, revision: 1, name, colour, protected: guarded, kind, url, environmentKey: name === "prod-eu" ? "fxz48210" : null,
  tokenIdentifier: "dt0c01.ST2EY72KQINMH574WMNVI7YN", sandbox: name === "sandbox", published, proxy: "system",
  caSubject: name === "prod-eu" ? "Northwind Root CA G2" : null, caNotAfter: name === "prod-eu" ? Date.UTC(2034, 2, 1) : null,
  lastProbe: {
    at: NOW - 40 * MINUTE, reachable: latency !== null, ok: latency !== null && name !== "prod-eu", latencyMs: latency, owner: latency === null ? null : OWNER,
    tokenExpiresAt: name === "prod-us" && location.search.includes("ending") ? NOW + 9 * DAY + MINUTE : null, canWrite: name !== "prod-eu" && latency !== null,
    checks: latency === null
      ? [{ name: "Address", result: "failed", word: "No answer", detail: "Connection refused by ag-lab-01.northwind.example:9999. Check that the ActiveGate runs." }]
      : [
          { name: "TLS", result: "ok", word: "Trusted", detail: "TLS 1.3 · valid until 2 Mar 2027" },
          { name: "credentialVault.read", result: "ok", word: "Granted", detail: "Lists 32 sets, 3 not in this vault" },
          name === "prod-eu"
            ? { name: "credentialVault.write", result: "failed", word: "Missing", detail: "Publishing would fail. Add the scope in Dynatrace, then test again." }
            : { name: "credentialVault.write", result: "ok", word: "Granted", detail: "Sets can be written" },
          { name: "Token expiry", result: "unknown", word: "Not readable", detail: "Optional, needs apiTokens.read." },
        ],
  },
})) as EnvironmentView[];

const RANK: SyncState[] = ["failed", "unclear", "needsSecret", "drifted", "modified", "unpublished", "matches"];

function age(text: string): number {
  const number = Number(text.slice(0, -1));
  return NOW - number * (text.endsWith("m") ? MINUTE : text.endsWith("h") ? 60 * MINUTE : DAY);
}

export function sampleRows(): DraftRow[] {
  return ROWS.trim().split("\n").map((line, at) => {
    const [type = "U", name = "", summary = "", states = "", old = "1d"] = line.split("|");
    const pips = [...states].map((letter, index) => ({ environmentId: `env-${index}`, state: LETTERS[letter] ?? "notTarget" }));
    return {
      id: `draft-${at}`, name, summary, typeName: TYPES[type] ?? type, revision: 14, updatedAt: age(old), deletedAt: null, pips,
      state: RANK.find((state) => pips.some((pip) => pip.state === state)) ?? "unpublished",
      expiring: ["payments-mtls-client", "mq-broker-mtls", "k8s-ingress-public"].includes(name),
    };
  });
}

const USAGE: UsageView[][] = [
  [{ kind: "HTTP_MONITOR", count: 3 }, { kind: "BROWSER_MONITOR", count: 2 }],
  [],
  [{ kind: "HTTP_MONITOR", count: 1 }, { kind: "BROWSER_MONITOR", count: 1 }],
];
const IDS = ["1E6EA5075AF7E85D", "93D0B7E42C6F1A58", "7C02B94F13D8A6E1", "5B80E6F2A9D1374C", "0A41D7720F5BC3E9"];

/** Where a row is published, as the editor shows it. */
export function publicationsOf(row: DraftRow): PublicationView[] {
  return row.pips.flatMap((pip, at) => {
    const environment = ENVIRONMENTS[at];
    if (!environment || pip.state === "notTarget" || pip.state === "unpublished") return [];
    return [{
      environmentId: environment.id, environment: environment.name, colour: environment.colour, protected: environment.protected,
      remoteId: `CREDENTIALS_VAULT-${IDS[at] ?? "0"}`, owner: OWNER, scopes: ["SYNTHETIC"], usage: USAGE[at] ?? [], state: pip.state, publishedRevision: 12,
      publishedAt: at === 0 ? NOW - 12 * DAY : NOW - 14 * MINUTE, verifiedAt: NOW, externalId: null, problem: pip.state === "failed" ? "The server answered 403. The set there is unchanged." : null,
    }];
  });
}
