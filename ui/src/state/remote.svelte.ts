import type { DriftSettlement, DriftView, Problem, RemoteSetView, RemoteView } from "../bindings/types";
import { host } from "../host";
import { driftPaneText as text, remoteText } from "../messages/drift";
import { drafts } from "./drafts.svelte";
import { publish } from "./publish.svelte";
import { session } from "./session.svelte";
import { asProblem, toasts } from "./toasts.svelte";

/** An environment as it was seen at the last look: what differs there, and what is in no draft. */
class Remote {
  view = $state.raw<RemoteView | null>(null);
  problem = $state<Problem | null>(null);
  /** What is under way: "look", or the id of the set or draft it is about. */
  busy = $state<string | null>(null);
  /** Ids of the sets that are ticked. */
  chosen = $state<Record<string, true>>({});
  private environmentId = "";

  /** Shows an environment as it was seen last. */
  async show(environmentId: string): Promise<void> {
    if (this.environmentId !== environmentId) Object.assign(this, { environmentId, view: null, problem: null, chosen: {} });
    try {
      const view = await host().call("remote_seen", { environmentId });
      if (this.environmentId === environmentId) this.take(view);
    } catch (thrown) {
      if (this.environmentId === environmentId) this.problem = asProblem(thrown);
    }
  }

  /** Reads the environment. */
  async look(): Promise<void> {
    const { environmentId } = this;
    await this.during("look", async () => {
      const view = await host().call("remote_look", { environmentId });
      if (this.environmentId === environmentId) this.take(view);
    });
  }

  private take(view: RemoteView): void {
    this.view = view;
    this.problem = null;
    this.chosen = Object.fromEntries(view.unmanaged.filter(({ id }) => this.chosen[id]).map(({ id }) => [id, true]));
  }

  choose(id: string, on: boolean): void {
    if (on) this.chosen[id] = true;
    else delete this.chosen[id];
  }

  async settle(one: DriftView, paths: string[], how: DriftSettlement): Promise<void> {
    await this.during(one.draftId, () => host().call("drift_settle", { draftId: one.draftId, environmentId: one.environmentId, paths, how }));
  }

  async takeTheirs(one: DriftView): Promise<void> {
    await this.during(one.draftId, async () => {
      const draft = await host().call("drift_take_theirs", { draftId: one.draftId, environmentId: one.environmentId });
      toasts.done(text.taken(draft.name), text.revision(draft.revision));
    });
  }

  async forget(one: DriftView): Promise<void> {
    await this.during(one.draftId, () => host().call("drift_forget", { draftId: one.draftId, environmentId: one.environmentId }));
  }

  /** A plan whose row replaces what is there; the answer "mine" was given by asking for it. */
  async push(one: DriftView): Promise<void> {
    await publish.open([one.draftId], [one.environmentId]);
    for (const row of publish.plan?.rows ?? []) if (row.action === "conflict") publish.choose(row, true);
  }

  /** Makes drafts of sets; those that could not be adopted stay, ticked, and the first reason is said. */
  async adopt(sets: RemoteSetView[]): Promise<void> {
    const { environmentId } = this;
    await this.during(sets[0]?.id ?? "", async () => {
      const { draftIds, left } = await host().call("remote_adopt_all", { environmentId, remoteIds: sets.map(({ id }) => id) });
      const open = () => {
        session.go("drafts");
        drafts.current = draftIds.at(-1) ?? null;
      };
      const [first] = sets;
      if (first && draftIds.length > 0) toasts.done(remoteText.adopted(draftIds.length, first.name), remoteText.needsSecret, { label: remoteText.open, run: open });
      const [reason] = left;
      if (reason) toasts.failed({ ...reason.problem, title: `${remoteText.left(left.length)}: ${reason.name || reason.id}. ${reason.problem.title}` });
    });
  }

  /** Takes sets out of the list of those that no draft is linked to, or puts them back. */
  async ignore(ids: string[], ignore: boolean): Promise<void> {
    const { environmentId } = this;
    await this.during(ids[0] ?? "", async () => {
      await host().call("remote_ignore", { environmentId, remoteIds: ids, ignore });
      if (ignore) toasts.done(remoteText.ignored(ids.length), remoteText.ignoredText);
    });
  }

  private async during(what: string, work: () => Promise<unknown>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = what;
    try {
      await work();
      if (what !== "look") await this.show(this.environmentId);
    } catch (thrown) {
      toasts.failed(thrown);
    }
    this.busy = null;
  }
}

export const remote = new Remote();
