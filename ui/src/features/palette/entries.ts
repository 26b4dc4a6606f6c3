import type { DraftRow, DraftView, EnvironmentView } from "../../bindings/types";
import { host } from "../../host";
import { typeIcon, typeName } from "../../messages/words";
import { checkDrift } from "../../state/drift";
import { drafts } from "../../state/drafts.svelte";
import { editors } from "../../state/editors.svelte";
import { leave } from "../../state/leave.svelte";
import { publish } from "../../state/publish.svelte";
import { session } from "../../state/session.svelte";
import { asProblem, toasts } from "../../state/toasts.svelte";
import type { IconName } from "../../ui/icons";
import { copyText } from "../publish/copy";

export interface Entry {
  key: string;
  group: string;
  label: string;
  icon: IconName;
  hint?: string;
  keys?: string;
  row?: DraftRow;
  run: () => void;
}

/** What is searched: everything, commands only (">"), or environments only ("@"). */
export interface Search {
  only: "all" | "commands" | "environments";
  words: string;
}

export function parse(text: string): Search {
  const trimmed = text.trim();
  if (trimmed.startsWith(">")) return { only: "commands", words: trimmed.slice(1).trim() };
  if (trimmed.startsWith("@")) return { only: "environments", words: trimmed.slice(1).trim() };
  return { only: "all", words: trimmed };
}

/** A label in pieces: which of them were searched for. */
export function highlight(label: string, words: string): { text: string; hit: boolean }[] {
  const at = words === "" ? -1 : label.toLowerCase().indexOf(words.toLowerCase());
  if (at < 0) return [{ text: label, hit: false }];
  const end = at + words.length;
  return [
    { text: label.slice(0, at), hit: false },
    { text: label.slice(at, end), hit: true },
    { text: label.slice(end), hit: false },
  ].filter((piece) => piece.text !== "");
}

/** Commands that stay in sight while drafts are searched. */
const ALWAYS = ["new", "lock"];

const matches = (label: string, words: string) => words.toLowerCase().split(/\s+/).every((word) => label.toLowerCase().includes(word));

function commands(): Entry[] {
  const group = "Everywhere";
  return [
    { key: "new", group, label: "New credential set…", icon: "plus", keys: "Ctrl N", run: () => (session.newDraft = true) },
    { key: "all", group, label: "All drafts", icon: "layers", run: () => showAll() },
    { key: "trash", group, label: "Trash", icon: "trash-2", run: () => { session.go("drafts"); void drafts.show({ trash: true }); } },
    { key: "environments", group, label: "Environments", icon: "globe", run: () => session.go("environments") },
    { key: "connect", group, label: "Connect an environment…", icon: "plug", run: () => session.go("environments", "new") },
    { key: "activity", group, label: "Activity", icon: "history", run: () => session.go("activity") },
    { key: "settings", group, label: "Settings", icon: "settings", keys: "Ctrl ,", run: () => session.go("settings") },
    { key: "light", group, label: "Theme: light", icon: "sun", run: () => theme("light") },
    { key: "dark", group, label: "Theme: dark", icon: "moon", run: () => theme("dark") },
    { key: "system", group, label: "Theme: as the system", icon: "monitor", run: () => theme("system") },
    { key: "lock", group, label: "Lock vault", icon: "lock", keys: "Ctrl L", run: () => leave.want("lock") },
  ];
}

function theme(name: string): void {
  void session.saveSettings({ ...session.settings, theme: name });
}

function showAll(): void {
  session.go("drafts");
  void drafts.filter({});
}

/** What can be done with the draft that is open. */
function draftActions(draft: DraftView): Entry[] {
  const group = `Actions for ${draft.name || "this draft"}`;
  const published = draft.publications.filter((one) => one.remoteId);
  const entries: Entry[] = [];
  if (!draft.readOnly && session.environments.length > 0) {
    const targets = publish.targets(draft.publications.map((one) => one.environmentId));
    entries.push({ key: "publish", group, label: "Publish…", icon: "send", keys: "Ctrl ↵", run: () => void publish.open([draft.id], targets) });
  }
  published.forEach((one, at) =>
    entries.push({
      key: `copy-${one.environmentId}`, group, label: `Copy ID from ${one.environment}`, icon: "copy", ...(at === 0 ? { keys: "Ctrl Shift C" } : {}),
      run: () => void copyText(one.remoteId ?? "", "ID copied"),
    }),
  );
  if (published.length > 0) entries.push({ key: "drift", group, label: "Check for drift", icon: "git-compare", keys: "Ctrl D", run: () => void checkDrift(draft.id) });
  return entries;
}

/** What can be done at once with a draft that was found, without opening it. */
function foundActions(row: DraftRow): Entry[] {
  const group = `Actions for ${row.name || "this draft"}`;
  const linked = row.pips.filter((pip) => pip.state !== "notTarget");
  const there = linked.filter((pip) => pip.state !== "unpublished");
  const entries: Entry[] = [];
  if (session.environments.length > 0) {
    entries.push({ key: "publish", group, label: "Publish…", icon: "send", keys: "Ctrl ↵", run: () => void publish.open([row.id], publish.targets(linked.map((pip) => pip.environmentId))) });
  }
  const environment = session.environment(there[0]?.environmentId ?? "");
  if (environment) entries.push({ key: `copy-${environment.id}`, group, label: `Copy ID from ${environment.name}`, icon: "copy", run: () => void copyIdOf(row.id, environment.id) });
  if (there.length > 0) entries.push({ key: "drift", group, label: "Check for drift", icon: "git-compare", keys: "Ctrl D", run: () => void checkDrift(row.id) });
  return entries;
}

async function copyIdOf(draftId: string, environmentId: string): Promise<void> {
  try {
    const view = await host().call("draft_get", { id: draftId });
    const id = view.publications.find((one) => one.environmentId === environmentId)?.remoteId;
    if (id) await copyText(id, "ID copied");
    else toasts.show({ title: "There is no ID yet", text: "The draft was not published there. Nothing was copied.", tone: "warn", icon: "circle-alert" });
  } catch (thrown) {
    toasts.failed(asProblem(thrown));
  }
}

function draftEntry(row: DraftRow): Entry {
  return {
    key: row.id, group: "Drafts", label: row.name || "Untitled", icon: typeIcon(row.typeName), hint: typeName(row.typeName), row,
    run: () => {
      showAll();
      drafts.current = row.id;
    },
  };
}

function environmentEntry(one: EnvironmentView): Entry {
  const hint = one.sandbox ? "Built-in" : one.kind;
  return { key: one.id, group: "Environments", label: one.name, icon: "globe", hint, run: () => session.go("environments", one.id) };
}

/** Everything that fits the words, in the order it is shown. */
export function entriesFor({ only, words }: Search, found: DraftRow[]): Entry[] {
  const open = drafts.current ? editors.get(drafts.current)?.view : undefined;
  const environments = session.environments.map(environmentEntry).filter((entry) => matches(entry.label, words));
  if (only === "environments") return environments;
  const everywhere = commands();
  const actions = [...(open && session.screen === "drafts" ? draftActions(open) : []), ...everywhere].filter((entry) => matches(entry.label, words));
  if (only === "commands") return actions;
  const [first] = found;
  if (words === "" || !first) return [...found.map(draftEntry), ...(words === "" ? [] : environments), ...actions];
  // A draft was meant: what can be done with the first one, and the way out, are at hand without deleting the words.
  const always = everywhere.filter((entry) => ALWAYS.includes(entry.key) && !actions.some((one) => one.key === entry.key));
  const own = first.id === open?.id && session.screen === "drafts" ? draftActions(open) : foundActions(first);
  return [...found.map(draftEntry), ...own, ...environments, ...actions.filter((entry) => !own.some((one) => one.key === entry.key)), ...always];
}
