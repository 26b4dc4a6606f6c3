import type { MatrixEnvironment, MatrixRow } from "../../bindings/types";
import { host } from "../../host";
import { matrixText as text } from "../../messages/matrix";
import { checkDrift } from "../../state/drift";
import { drafts } from "../../state/drafts.svelte";
import { publish } from "../../state/publish.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import type { IconName } from "../../ui/icons";
import { copyText } from "../publish/copy";

export interface CellAction {
  key: string;
  label: string;
  icon: IconName;
  run: () => void;
}

/** Environments where a row's draft has no set. */
export function missingIn(row: MatrixRow, environments: MatrixEnvironment[]): string[] {
  return environments.filter((_, at) => row.cells[at]?.remoteId === null).map(({ id }) => id);
}

function openDraft(id: string): void {
  session.go("drafts");
  void drafts.show({});
  drafts.current = id;
}

async function adopt(row: MatrixRow, environmentId: string, remoteId: string): Promise<void> {
  try {
    const draft = await host().call("remote_adopt", { environmentId, remoteId });
    toasts.done(text.adopted(row.name), text.needsSecret, { label: text.open, run: () => openDraft(draft.id) });
  } catch (thrown) {
    toasts.failed(thrown);
  }
}

/** What can be done with the head of a row. */
export function rowActions(row: MatrixRow, environments: MatrixEnvironment[]): CellAction[] {
  const { draftId } = row;
  if (draftId === null) return [];
  const missing = missingIn(row, environments);
  return [
    { key: "open", label: text.open, icon: "file-text", run: () => openDraft(draftId) },
    ...(missing.length > 0 ? [{ key: "missing", label: text.missing(missing.length), icon: "send" as const, run: () => void publish.open([draftId], missing) }] : []),
    { key: "check", label: text.check1, icon: "refresh-cw", run: () => void checkDrift(draftId) },
  ];
}

/** What can be done with a draft, or a set of nobody, in one environment. */
export function cellActions(row: MatrixRow, at: number, environment: MatrixEnvironment): CellAction[] {
  const cell = row.cells[at];
  if (!cell) return [];
  const { draftId } = row;
  const { remoteId } = cell;
  const copy: CellAction[] = remoteId ? [{ key: "copy", label: text.copyId, icon: "copy", run: () => void copyText(remoteId, text.idCopied) }] : [];
  const there: CellAction = { key: "there", label: text.showThere(environment.name), icon: "globe", run: () => session.go("environments", environment.id, "drift") };
  if (draftId === null) {
    if (!remoteId) return [];
    return [{ key: "adopt", label: text.adopt, icon: "link", run: () => void adopt(row, environment.id, remoteId) }, ...copy, there];
  }
  const differs = ["drifted", "both", "missing"].includes(cell.state);
  return [
    ...(differs ? [{ ...there, key: "settle", label: text.settle, icon: "git-compare" as const }] : []),
    { key: "publish", label: text.publishHere(environment.name), icon: "send", run: () => void publish.open([draftId], [environment.id]) },
    ...copy,
    { key: "open", label: text.open, icon: "file-text", run: () => openDraft(draftId) },
  ];
}
