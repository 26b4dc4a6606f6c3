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

/** One line of a run's table; an item by its place, so that the lines stay while the items move. */
export type RunEntry = { key: string; height: number } & ({ kind: "group"; environmentId: string; environment: string } | { kind: "item"; place: number });

/** A run's table, line by line. */
export function runEntries(run: RunView): RunEntry[] {
  const groups = new Map<string, { environment: string; places: number[] }>();
  run.items.forEach((item, place) => {
    const mine = groups.get(item.environmentId);
    if (mine) mine.places.push(place);
    else groups.set(item.environmentId, { environment: item.environment, places: [place] });
  });
  return [...groups].flatMap(([id, { environment, places }]): RunEntry[] => [
    { key: id, height: GROUP, kind: "group", environmentId: id, environment },
    ...places.map((place): RunEntry => ({ key: run.items[place]?.key ?? "", height: 37, kind: "item", place })),
  ]);
}

/** How many rows of each environment have ended, of how many. */
export function endedIn(items: RunItem[], ended: (item: RunItem) => boolean): Record<string, { ended: number; all: number }> {
  const counts: Record<string, { ended: number; all: number }> = {};
  for (const item of items) {
    const mine = (counts[item.environmentId] ??= { ended: 0, all: 0 });
    mine.all += 1;
    if (ended(item)) mine.ended += 1;
  }
  return counts;
}
