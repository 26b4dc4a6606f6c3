import type { DraftRow, DraftView, EnvironmentView } from "../../bindings/types";
import { host } from "../../host";
import { paletteText as text } from "../../messages/palette";
import { typeIcon, typeName } from "../../messages/words";
import { checkDrift } from "../../state/drift";
import { drafts } from "../../state/drafts.svelte";
import { editors } from "../../state/editors.svelte";
import { leave } from "../../state/leave.svelte";
import { publish } from "../../state/publish.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
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

export function parse(typed: string): Search {
  const trimmed = typed.trim();
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
  const group = text.everywhere;
  return [
    { key: "new", group, label: text.newSet, icon: "plus", keys: "Ctrl N", run: () => (session.newDraft = true) },
    { key: "all", group, label: text.allDrafts, icon: "layers", run: () => showAll() },
    { key: "trash", group, label: text.trash, icon: "trash-2", run: () => { session.go("drafts"); void drafts.show({ trash: true }); } },
    { key: "matrix", group, label: text.matrix, icon: "grid-3x3", run: () => session.go("matrix") },
    { key: "environments", group, label: text.environmentsScreen, icon: "globe", run: () => session.go("environments") },
    { key: "connect", group, label: text.connect, icon: "plug", run: () => session.go("environments", "new") },
    { key: "activity", group, label: text.activity, icon: "history", run: () => session.go("activity") },
    { key: "settings", group, label: text.settings, icon: "settings", keys: "Ctrl ,", run: () => session.go("settings") },
    { key: "light", group, label: text.themeLight, icon: "sun", run: () => theme("light") },
    { key: "dark", group, label: text.themeDark, icon: "moon", run: () => theme("dark") },
    { key: "system", group, label: text.themeSystem, icon: "monitor", run: () => theme("system") },
    { key: "lock", group, label: text.lock, icon: "lock", keys: "Ctrl L", run: () => void leave.want("lock") },
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
  const group = text.actionsFor(draft.name);
  const published = draft.publications.filter((one) => one.remoteId);
  const entries: Entry[] = [];
  if (!draft.readOnly && session.environments.length > 0) {
    const targets = publish.targets(draft.publications.map((one) => one.environmentId));
    entries.push({ key: "publish", group, label: text.publish, icon: "send", keys: "Ctrl ↵", run: () => void publish.open([draft.id], targets) });
  }
  published.forEach((one, at) =>
    entries.push({
      key: `copy-${one.environmentId}`, group, label: text.copyIdFrom(one.environment), icon: "copy", ...(at === 0 ? { keys: "Ctrl Shift C" } : {}),
      run: () => void copyText(one.remoteId ?? "", text.idCopied),
    }),
  );
  if (published.length > 0) entries.push({ key: "drift", group, label: text.checkDrift, icon: "git-compare", keys: "Ctrl D", run: () => void checkDrift(draft.id) });
  return entries;
}

/** What can be done at once with a draft that was found, without opening it. */
function foundActions(row: DraftRow): Entry[] {
  const group = text.actionsFor(row.name);
  const linked = row.pips.filter((pip) => pip.state !== "notTarget");
  const there = linked.filter((pip) => pip.state !== "unpublished");
  const entries: Entry[] = [];
  if (session.environments.length > 0) {
    entries.push({ key: "publish", group, label: text.publish, icon: "send", keys: "Ctrl ↵", run: () => void publish.open([row.id], publish.targets(linked.map((pip) => pip.environmentId))) });
  }
  const environment = session.environment(there[0]?.environmentId ?? "");
  if (environment) entries.push({ key: `copy-${environment.id}`, group, label: text.copyIdFrom(environment.name), icon: "copy", run: () => void copyIdOf(row.id, environment.id) });
  if (there.length > 0) entries.push({ key: "drift", group, label: text.checkDrift, icon: "git-compare", keys: "Ctrl D", run: () => void checkDrift(row.id) });
  return entries;
}

async function copyIdOf(draftId: string, environmentId: string): Promise<void> {
  try {
    const view = await host().call("draft_get", { id: draftId });
    const id = view.publications.find((one) => one.environmentId === environmentId)?.remoteId;
    if (id) await copyText(id, text.idCopied);
    else toasts.show({ title: text.noId, text: text.noIdText, tone: "warn", icon: "circle-alert" });
  } catch (thrown) {
    toasts.failed(thrown);
  }
}

function draftEntry(row: DraftRow): Entry {
  return {
    key: row.id, group: text.drafts, label: row.name || text.untitled, icon: typeIcon(row.typeName), hint: typeName(row.typeName), row,
    run: () => {
      showAll();
      drafts.current = row.id;
    },
  };
}

function environmentEntry(one: EnvironmentView): Entry {
  const hint = one.sandbox ? text.builtIn : one.kind;
  return { key: one.id, group: text.environmentsScreen, label: one.name, icon: "globe", hint, run: () => session.go("environments", one.id) };
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
