import { driftView, remoteView } from "../src/testing/sampleDrift";
import { sampleMatrix } from "../src/testing/sampleMatrix";
import { sampleEvidence } from "../src/testing/sampleEvidence";
import type { Commands } from "../src/bindings/commands";
import type { AppEvent, Code, DraftContent, DraftCounts, DraftQuery, DraftRow, DraftView, PlanRow, Problem, RunItem, RunView, VaultState, VaultStatus } from "../src/bindings/types";
import type { Host } from "../src/host";
import { ACTIVITY } from "./sampleActivity";
import { GROUPS, OVERRIDES, ROTATION } from "./sampleRotation";
import { ENVIRONMENTS, NOW, OWNER, publicationsOf, sampleRows } from "./sampleData";
import { PLAN, RUN } from "./samplePlan";
import { contentOf, secretsOf } from "./sampleDraft";

type Answers = { [K in keyof Commands]?: (args: Commands[K]["args"]) => Commands[K]["answer"] | Promise<Commands[K]["answer"]> };

function failure(code: Code, title: string, detail: string, hint: string): Problem {
  return { code, title, detail, hint, issues: [] };
}

function counts(rows: DraftRow[]): DraftCounts {
  const live = rows.filter((row) => row.deletedAt === null);
  const tally = (word: (row: DraftRow) => string) => live.reduce<Record<string, number>>((sum, row) => ({ ...sum, [word(row)]: (sum[word(row)] ?? 0) + 1 }), {});
  return { all: live.length, trash: rows.length - live.length, byType: tally((row) => row.typeName), byState: tally((row) => row.state), expiring: live.filter((row) => row.expiring).length };
}

function many(rows: DraftRow[], number: number): DraftRow[] {
  return Array.from({ length: number }, (_, at) => {
    const row = rows[at % rows.length] as DraftRow;
    return at < rows.length ? row : { ...row, id: `draft-${at}`, name: `${row.name}-${at}` };
  });
}

function find(rows: DraftRow[], query: DraftQuery): DraftRow[] {
  const words = (query.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(
    (row) =>
      (row.deletedAt !== null) === (query.trash ?? false) && (!query.typeName || row.typeName === query.typeName) && (!query.state || row.state === query.state) &&
      (!query.expiring || row.expiring) && (!query.environmentId || row.pips.some((pip) => pip.environmentId === query.environmentId && pip.state !== "notTarget")) &&
      words.every((word) => `${row.name} ${row.summary}`.toLowerCase().includes(word)),
  );
  if (query.sort === "name") found.sort((one, other) => one.name.localeCompare(other.name));
  if (query.sort === "type") found.sort((one, other) => one.typeName.localeCompare(other.typeName));
  return query.descending ? found.reverse() : found;
}

/** A whole program in memory. `?state=absent|locked`, `?keyring=CODE`, `?many=100000` choose what it plays. */
export function sampleHost(wanted: URLSearchParams): Host {
  let rows = sampleRows();
  const size = Number(wanted.get("many") ?? 0);
  if (size > 0) rows = many(rows, size);
  if (wanted.has("empty")) rows = [];
  const contents = new Map<string, DraftContent>();
  let state = (wanted.get("state") ?? "unlocked") as VaultState;
  let run: RunView | null = null;
  let settings = { theme: wanted.get("theme") ?? "dark", autoLockMinutes: 10, clipboardSeconds: 30, density: "comfortable", lockWithSystem: true, lockOnStart: true };
  const hearers = new Set<(event: AppEvent) => void>();
  const send = (event: AppEvent) => hearers.forEach((hear) => hear(event));
  const broken = wanted.get("keyring") as Code | null;

  const status = (): VaultStatus => ({
    state, folder: "/home/kowalska/.local/share/sealpost", file: "/home/kowalska/.local/share/sealpost/northwind.sealpost", name: "northwind",
    keySlots: [{ kind: "keyring", createdAt: NOW, store: null, needsKeyring: false }], unlockMode: "keyring", notices: [], unfinishedKey: null, keyring: "GNOME Keyring (Secret Service)", drafts: rows.length, environments: 5, schema: 1,
  });

  const rowOf = (id: string) => rows.find((row) => row.id === id);

  function view(id: string): DraftView {
    const row = rowOf(id);
    if (!row) throw failure("notFound", "The draft is gone.", "Nothing else changed.", "Look in the trash.");
    const content = contents.get(id) ?? contentOf(row);
    contents.set(id, content);
    return {
      id, name: content.name, type: row.typeName, revision: row.revision, createdAt: Date.UTC(2026, 8, 3), updatedAt: row.updatedAt, deletedAt: row.deletedAt, content: structuredClone(content),
      secrets: secretsOf(content).map((field) => ({ field, set: true })), certificate: "facts" in content.details ? (content.details.facts ?? null) : null,
      state: row.state, publications: publicationsOf(row), issues: [], overrides: row.name === "checkout-login" ? OVERRIDES : [], readOnly: false,
    };
  }

  /** Every row is told: a sample has few. */
  function told(now: RunView): void {
    run = { ...now, version: now.version + 1 };
    const counts = { total: now.items.length, open: 0, waiting: 0, done: 0, failed: 0 };
    send({ event: "runMoved", moved: { id: now.id, after: now.version, version: run.version, finishedAt: now.finishedAt, cancelling: now.cancelling, counts, items: now.items.map((item, place) => ({ place, item })) } });
  }

  function advance(step: number): void {
    if (!run || wanted.has("hold")) return;
    const item = run.items[step];
    if (!item) {
      told({ ...run, finishedAt: Date.now() });
      return;
    }
    const items = run.items.map((one, at): RunItem => (at === step ? { ...one, ...(RUN.ends[at] ?? { state: "done" }) } : at === step + 1 ? { ...one, state: "sending" } : one));
    told({ ...run, items });
    setTimeout(() => advance(step + 1), 250);
  }

  const answers: Answers = {
    vault_status: () => {
      if (broken && wanted.has("closed")) throw failure(broken, "The vault can't be opened.", "The file is unchanged.", "Install the newest Sealpost.");
      return status();
    },
    vault_create: () => ((state = "unlocked"), status()),
    vault_unlock: () => {
      if (broken) throw failure(broken, "The system keyring is not available.", "Sealpost asked for the key of northwind and no keyring service answered. Your vault file is intact and still encrypted.", "Install and start a Secret Service such as GNOME Keyring or KWallet, then sign in again.");
      state = "unlocked";
      return status();
    },
    vault_lock: () => ((state = "locked"), status()),
    keyring_check: () => ({ keyring: "GNOME Keyring", usable: !broken, summary: broken ? "No keyring service answered." : "GNOME Keyring is running and unlocked on this computer.", hint: broken ? "Install and start GNOME Keyring or KWallet, then sign in again." : "", steps: broken ? ["org.freedesktop.secrets: name has no owner", "default collection: not found"] : ["org.freedesktop.secrets: running", "write, read back, delete: done"] }),
    draft_list: ({ query }) => {
      const found = find(rows, query);
      const offset = query.offset ?? 0;
      return { total: found.length, offset, rows: found.slice(offset, offset + (query.limit ?? 100)), counts: counts(rows) };
    },
    draft_get: ({ id }) => view(id),
    draft_check: ({ save }) => {
      const typed = save.secrets.password ?? save.secrets.token;
      const colon = save.content.details.type === "USERNAME_PASSWORD" && save.content.details.user.includes(":") && !save.content.details.allowColon;
      return {
        issues: [
          ...(save.content.name.trim() === "" ? [{ path: "name", code: "required" as const, severity: "error" as const, message: "Enter a name." }] : []),
          ...(colon ? [{ path: "user", code: "colonInUser" as const, severity: "error" as const, message: "Dynatrace refuses a user name with a colon." }] : []),
        ],
        certificate: "facts" in save.content.details ? (save.content.details.facts ?? null) : null,
        strength: typed?.do === "set" ? Math.min(4, Math.floor(typed.value.length / 5)) : null,
        there: {},
      };
    },
    draft_save: ({ save }) => {
      const id = save.id ?? `draft-${rows.length}`;
      const before = rowOf(id);
      const row: DraftRow = before ?? { id, name: "", summary: "", typeName: save.content.details.type, revision: 0, updatedAt: Date.now(), deletedAt: null, state: "unpublished", pips: ENVIRONMENTS.map((one) => ({ environmentId: one.id, state: "notTarget" })), expiring: false };
      rows = [{ ...row, name: save.content.name, revision: row.revision + 1, updatedAt: Date.now() }, ...rows.filter((one) => one.id !== id)];
      contents.set(id, structuredClone(save.content));
      send({ event: "contentChanged" });
      return view(id);
    },
    draft_delete: ({ ids }) => ((rows = rows.map((row) => (ids.includes(row.id) ? { ...row, deletedAt: Date.now() } : row))), ids.length),
    draft_restore: ({ ids }) => ((rows = rows.map((row) => (ids.includes(row.id) ? { ...row, deletedAt: null } : row))), ids.length),
    draft_duplicate: ({ id }) => {
      const row = { ...(rowOf(id) as DraftRow), id: `draft-${rows.length}` };
      rows = [{ ...row, name: `${row.name} copy` }, ...rows];
      return view(row.id);
    },
    draft_history: ({ id }) => {
      const { content, revision } = view(id);
      return [["password"], ["description", "scopes"], ["name"], []].map((changes, at) => ({ revision: revision - at, savedAt: NOW - at * 86_400_000, content, changes, current: at === 0 }));
    },
    draft_uses: () => [
      { key: "httpMonitor", title: "HTTP monitor", language: "json", text: '{\n  "requests": [{ "authentication": { "credentials": "CREDENTIALS_VAULT-6A1F00C2D4E84B93", "type": "BASIC_AUTHENTICATION" } }]\n}' },
      { key: "curl", title: "curl", language: "sh", text: "curl --fail --header \"Authorization: Api-Token $DT_TOKEN\" 'https://abc12345.live.dynatrace.com/api/v2/credentials/CREDENTIALS_VAULT-6A1F00C2D4E84B93'\n" },
    ],
    draft_samples: () => 3,
    secret_reveal: () => "k7#Vq-tern-quartz-92",
    secret_copy: () => ({ clearsInSeconds: settings.clipboardSeconds }),
    text_copy: () => null,
    clipboard_clear: () => null,
    group_list: () => (wanted.has("bare") ? [] : GROUPS),
    rotation_list: () => (wanted.has("rotating") ? [ROTATION] : []),
    env_list: () => (wanted.has("bare") ? [] : ENVIRONMENTS),
    env_test: async ({ id }) => {
      await new Promise((go) => setTimeout(go, 300));
      const probe = (ENVIRONMENTS.find((one) => one.id === id) ?? ENVIRONMENTS[0])?.lastProbe;
      if (!probe) throw failure("network", "No answer.", "Nothing changed.", "Try again.");
      return probe;
    },
    url_check: ({ url }) => (url.startsWith("http") ? { url, kind: "SaaS", note: "Recognised as SaaS, environment fxz48210. Requests go to /api/v2/credentials.", error: "" } : { url, kind: "", note: "", error: "Enter a full address that starts with https://." }),
    sandbox_start: () => ENVIRONMENTS[4] as (typeof ENVIRONMENTS)[number],
    publish_plan: async () => {
      await new Promise((go) => setTimeout(go, 200));
      return structuredClone({ ...PLAN, madeAt: Date.now() - 6000 });
    },
    publish_start: ({ start }) => {
      const chosen = PLAN.rows.filter((row) => start.rows.includes(row.key));
      const item = (row: PlanRow, at: number): RunItem => ({ key: row.key, draftId: row.draftId, draftName: row.draftName, typeName: row.typeName, environmentId: row.environmentId, environment: PLAN.environments.find((one) => one.id === row.environmentId)?.name ?? "", action: row.action, state: at === 0 ? "sending" : "queued", remoteId: row.remoteId, owner: null, attemptId: null, message: "", serverMessage: null, violations: [], hint: null, retryAt: null, tookMs: null, ...(wanted.has("hold") ? RUN.held[at] : {}) });
      run = { id: "run-1", startedAt: Date.now(), finishedAt: null, cancelling: false, version: 0, items: chosen.map(item) };
      setTimeout(() => advance(0), 400);
      return run;
    },
    publish_state: () => run,
    publish_cancel: () => null,
    publication_refresh: () => 1,
    remote_list: () => [],
    matrix: ({ query }) => sampleMatrix(2_000, 12)(query),
    remote_seen: () => remoteView(),
    remote_look: () => remoteView({ lookedAt: Date.now() }),
    drift_settle: () => driftView(),
    attempt_evidence: () => sampleEvidence(),
    activity_list: () => ({ entries: ACTIVITY, nextBefore: null }),
    settings_get: () => settings,
    settings_set: (args) => (settings = args.settings),
  };

  return {
    call: async <K extends keyof Commands>(name: K, args: Commands[K]["args"]): Promise<Commands[K]["answer"]> => {
      const answer = answers[name];
      if (!answer) throw failure("notBuilt", `${name} is not played here.`, `Owner ${OWNER}.`, "Use the real window.");
      return structuredClone(await answer(structuredClone(args)));
    },
    onEvent: async (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    window: { platform: "linux", isMaximized: async () => false, minimize: () => undefined, toggleMaximize: () => undefined },
  };
}
