import type { OwnerChange, PlanRow, PlanView, Problem, RunItem, RunMoved, RunView } from "../bindings/types";
import { host } from "../host";
import { hiddenRunText } from "../messages/publish";
import { session } from "./session.svelte";
import { asProblem, toasts } from "./toasts.svelte";

/** Between two looks at a run, milliseconds. */
const BEAT = 100;

export type Phase = "closed" | "planning" | "plan" | "running" | "report";

/** Can this row be chosen at all? */
export function canRun(row: PlanRow): boolean {
  return row.action !== "noChange" && row.action !== "blocked";
}

export function ended(item: RunItem): boolean {
  return ["done", "failed", "unclear", "skipped"].includes(item.state);
}

/** One publish, from plan to report. */
class Publish {
  phase = $state<Phase>("closed");
  hidden = $state(false);
  /** Raw: thousands of rows, replaced as a whole. */
  plan = $state.raw<PlanView | null>(null);
  problem = $state<Problem | null>(null);
  run = $state.raw<RunView | null>(null);
  /** Rows that are ticked. A conflict that is ticked means that the draft replaces what was changed there. */
  chosen = $state.raw<Record<string, boolean>>({});
  /** Rows whose owner change was agreed to. */
  agreed = $state<Record<string, boolean>>({});
  /** Row → the set there that it takes over instead of making another. */
  adopted = $state<Record<string, string>>({});
  /** Environment id → what was typed for it. */
  typed = $state<Record<string, string>>({});
  focused = $state<string | null>(null);
  /** What the plan is for: a delete is read twice before it is done. */
  purpose = $state<"publish" | "unpublish">("publish");
  private draftIds: string[] = [];
  private resuming = false;
  /** The step of a rotation that the plan is for. */
  private rotating: { draftId: string; rest: boolean } | null = null;
  /** Rows a retry is about: a plan over the same drafts and environments may hold others, which were not asked for. */
  private only: Set<string> | null = null;
  private environmentIds: string[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;

  async open(draftIds: string[], environmentIds: string[]): Promise<void> {
    if (this.phase === "running") {
      this.hidden = false;
      return;
    }
    await this.plans("publish", draftIds, environmentIds);
  }

  /** A plan that deletes the sets of drafts in environments; the drafts stay. */
  async openUnpublish(draftIds: string[], environmentIds: string[]): Promise<void> {
    if (this.phase !== "running") await this.plans("unpublish", draftIds, environmentIds);
  }

  /** A plan over what a run that was cut off did not come to. */
  async resume(): Promise<void> {
    if (this.phase !== "running") await this.plans("publish", [], [], true);
  }

  /** A plan that gives a new secret to the environment that gets it first, or to the rest. */
  async openRotation(draftId: string, rest: boolean): Promise<void> {
    if (this.phase === "running") return;
    Object.assign(this, { purpose: "publish", draftIds: [draftId], environmentIds: [], resuming: false, only: null, rotating: { draftId, rest } });
    await this.make();
  }

  private async plans(purpose: "publish" | "unpublish", draftIds: string[], environmentIds: string[], resuming = false): Promise<void> {
    Object.assign(this, { purpose, draftIds, environmentIds, resuming, only: null, rotating: null });
    await this.make();
  }

  private wantedPlan(): Promise<PlanView> {
    const args = { draftIds: this.draftIds, environmentIds: this.environmentIds };
    if (this.rotating) return host().call("rotation_plan", this.rotating);
    if (this.resuming) return host().call("publish_resume", {});
    return this.purpose === "unpublish" ? host().call("unpublish_plan", args) : host().call("publish_plan", args);
  }

  /** Makes the plan (again): every environment is read anew. */
  async make(): Promise<void> {
    this.phase = "planning";
    this.hidden = false;
    this.problem = null;
    try {
      const plan = await this.wantedPlan();
      const only = this.only;
      if (only) plan.rows = plan.rows.filter((row) => only.has(row.key));
      this.plan = plan;
      this.typed = {};
      this.agreed = {};
      this.adopted = {};
      // Whose state stays in a conflict is for a person to say.
      this.chosen = Object.fromEntries(plan.rows.filter((row) => canRun(row) && row.action !== "conflict").map((row) => [row.key, true]));
      this.focused = plan.rows[0]?.key ?? null;
    } catch (thrown) {
      this.plan = null;
      this.problem = asProblem(thrown);
    }
    this.phase = "plan";
  }

  /** The draft becomes what is there; then the plan is made anew. */
  async takeTheirs(row: PlanRow): Promise<void> {
    if (!this.plan) return;
    try {
      await host().call("publish_take_theirs", { planId: this.plan.id, row: row.key });
    } catch (thrown) {
      this.problem = asProblem(thrown);
      return;
    }
    await this.make();
  }

  /** The row takes a set over that is there already; an empty id makes a new one. */
  adopt(row: PlanRow, remoteId: string): void {
    if (remoteId === "") delete this.adopted[row.key];
    else this.adopted[row.key] = remoteId;
  }

  /** Who would lose the set that a row takes over, and to whom; said beside the choice, so choosing agrees to it. */
  adoptsFromOwner(row: PlanRow): OwnerChange | null {
    const from = row.adoptable.find((set) => set.id === this.adopted[row.key])?.owner;
    const to = this.plan?.environments.find(({ id }) => id === row.environmentId)?.tokenOwner;
    return from && to && from !== to ? { from, to } : null;
  }

  choose(row: PlanRow, on: boolean): void {
    // A copy of a plain record: a proxy would keep a signal for each of thousands of rows.
    this.chosen = { ...this.chosen, [row.key]: on && canRun(row) };
  }

  agree(row: PlanRow, on: boolean): void {
    this.agreed[row.key] = on && row.ownerChange !== null;
  }

  /** The rows that would run: ticked, possible, and with their owner change agreed to if they have one. */
  readonly applying: PlanRow[] = $derived(
    (this.plan?.rows ?? []).filter(
      (row) => canRun(row) && this.chosen[row.key] && (!row.ownerChange || this.agreed[row.key]),
    ),
  );

  /** Protected environments of those rows whose name is not typed yet. */
  get unconfirmed(): { id: string; name: string; changes: number }[] {
    return this.protectedTouched.filter(({ id, name }) => this.typed[id] !== name);
  }

  get protectedTouched(): { id: string; name: string; changes: number }[] {
    return (this.plan?.environments ?? [])
      .filter((environment) => environment.protected)
      .map(({ id, name }) => ({ id, name, changes: this.applying.filter((row) => row.environmentId === id).length }))
      .filter(({ changes }) => changes > 0);
  }

  get ready(): boolean {
    return this.applying.length > 0 && this.unconfirmed.length === 0;
  }

  async apply(): Promise<void> {
    if (!this.plan || !this.ready) return;
    const rows = this.applying.map((row) => row.key);
    const adopt = this.applying.flatMap((row) => (this.adopted[row.key] ? [{ row: row.key, remoteId: this.adopted[row.key] ?? "" }] : []));
    const mine = this.applying.filter((row) => row.action === "conflict").map((row) => row.key);
    const taken = this.applying.filter((row) => this.adoptsFromOwner(row)).map((row) => row.key);
    try {
      this.run = await host().call("publish_start", {
        start: {
          planId: this.plan.id,
          rows,
          ownerChanges: [...rows.filter((key) => this.agreed[key]), ...taken],
          ...(mine.length > 0 ? { keepMine: mine } : {}),
          ...(adopt.length > 0 ? { adopt } : {}),
          confirmedNames: this.protectedTouched.map(({ name }) => name),
        },
      });
      this.phase = "running";
      this.watch();
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
  }

  /** Progress comes as events; asking each second as well means a lost event never leaves the sheet standing. */
  private watch(): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.ask(), 1000);
  }

  private async ask(): Promise<void> {
    const { run } = this;
    if (!run) return;
    try {
      const moved = await host().call("publish_moved", { id: run.id, after: run.version });
      if (moved) this.take(moved);
    } catch {
      // The next second asks again.
    }
  }

  /** What moved and is not shown yet: a fast run tells more often than a screen can follow. */
  private untaken: RunMoved[] = [];
  private beat: ReturnType<typeof setTimeout> | undefined;

  /** Takes in what moved, a few times a second. */
  take(moved: RunMoved): void {
    if (this.phase !== "running" || moved.id !== this.run?.id) return;
    this.untaken.push(moved);
    if (moved.finishedAt !== null) this.show();
    else this.beat ??= setTimeout(() => this.show(), BEAT);
  }

  /** Merges what moved. Whoever missed an event asks for what is new since. */
  private show(): void {
    clearTimeout(this.beat);
    this.beat = undefined;
    const all = this.untaken;
    this.untaken = [];
    const { run } = this;
    if (this.phase !== "running" || !run) return;
    let now: RunView = { ...run, items: run.items.slice() };
    for (const moved of all) {
      if (moved.id !== run.id || moved.version <= now.version) continue;
      if (moved.after > now.version) {
        void this.ask();
        break;
      }
      for (const { place, item } of moved.items) now.items[place] = item;
      now = { ...now, version: moved.version, finishedAt: moved.finishedAt, cancelling: moved.cancelling };
    }
    if (now.version === run.version) return;
    this.run = now;
    if (now.finishedAt === null) return;
    clearInterval(this.timer);
    this.phase = "report";
    const failed = now.items.filter((item) => item.state === "failed" || item.state === "unclear").length;
    if (this.hidden && failed === 0) {
      const done = now.items.filter((item) => item.state === "done").length;
      toasts.done(hiddenRunText.published(done, now.items.length), undefined, { label: hiddenRunText.report, run: () => (this.hidden = false) });
    } else this.hidden = false;
  }

  async cancel(): Promise<void> {
    try {
      await host().call("publish_cancel", {});
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  get failed(): RunItem[] {
    return this.run?.items.filter((item) => item.state === "failed") ?? [];
  }

  /** A new plan from the failures only; what is unclear is not among them. */
  async retryFailed(): Promise<void> {
    const failed = this.failed;
    if (failed.length === 0) return;
    this.draftIds = [...new Set(failed.map((item) => item.draftId))];
    this.environmentIds = [...new Set(failed.map((item) => item.environmentId))];
    this.resuming = false;
    this.rotating = null;
    this.only = new Set(failed.map((item) => item.key));
    await this.make();
  }

  close(): void {
    if (this.phase === "running") {
      this.hidden = true;
      return;
    }
    this.phase = "closed";
    this.plan = null;
    this.problem = null;
  }

  /** Environments a draft goes to by default: where it is already, else all that are not protected. */
  targets(published: string[]): string[] {
    if (published.length > 0) return published;
    return session.environments.filter((environment) => !environment.protected).map((environment) => environment.id);
  }
}

export const publish = new Publish();
