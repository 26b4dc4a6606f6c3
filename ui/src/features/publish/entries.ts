import type { PlanEnvironment, PlanRow, PlanView, RunItem, RunView } from "../../bindings/types";
import { canRun } from "../../state/publish.svelte";

/** Heights before a row was drawn; once it was, its own counts. */
const GROUP = 33;
const ROW = 45;
const CONSENT = 41;

/** One line of a plan's table. */
export type PlanEntry = { key: string; height: number; environment: PlanEnvironment } & ({ kind: "group" } | { kind: "row" | "conflict" | "adopt" | "owner"; row: PlanRow });

/** A plan's table, line by line: environments in their order, each with its rows and what these ask of a person. */
export function planEntries(plan: PlanView): PlanEntry[] {
  return plan.environments.flatMap((environment): PlanEntry[] => {
    const rows = plan.rows.filter((row) => row.environmentId === environment.id);
    if (rows.length === 0 && !environment.problem) return [];
    const lines = rows.flatMap((row): PlanEntry[] => {
      const asks = (kind: "conflict" | "adopt" | "owner", when: boolean): PlanEntry[] => (when ? [{ key: `${kind} ${row.key}`, height: CONSENT, kind, row, environment }] : []);
      return [
        { key: row.key, height: ROW, kind: "row", row, environment },
        ...asks("conflict", row.action === "conflict"),
        ...asks("adopt", row.adoptable.length > 0 && canRun(row)),
        ...asks("owner", row.ownerChange !== null && canRun(row)),
      ];
    });
    return [{ key: environment.id, height: GROUP, kind: "group", environment }, ...lines];
  });
}

/** One line of a run's table. */
export type RunEntry = { key: string; height: number } & ({ kind: "group"; environmentId: string; environment: string; ended: number; all: number } | { kind: "item"; item: RunItem });

/** A run's table, line by line. */
export function runEntries(run: RunView, ended: (item: RunItem) => boolean): RunEntry[] {
  const groups = new Map<string, RunItem[]>();
  for (const item of run.items) {
    const mine = groups.get(item.environmentId);
    if (mine) mine.push(item);
    else groups.set(item.environmentId, [item]);
  }
  return [...groups].flatMap(([id, items]): RunEntry[] => [
    { key: id, height: GROUP, kind: "group", environmentId: id, environment: items[0]?.environment ?? id, ended: items.filter(ended).length, all: items.length },
    ...items.map((item): RunEntry => ({ key: item.key, height: 37, kind: "item", item })),
  ]);
}
