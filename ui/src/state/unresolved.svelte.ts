import type { ReconcileItem, ReconcileOutcome, ReconcileView, UnfinishedRun } from "../bindings/types";
import { host } from "../host";
import { reconcileText as text } from "../messages/publish";
import { toasts } from "./toasts.svelte";

/** What is known now. */
const SETTLED: ReconcileOutcome[] = ["adopted", "confirmed", "notArrived"];

/** Requests whose outcome is not known, and a run that was cut off. */
class Unresolved {
  count = $state(0);
  unfinished = $state<UnfinishedRun | null>(null);
  looking = $state(false);
  /** What the last look found, while it is shown. */
  found = $state<ReconcileView | null>(null);

  async refresh(): Promise<void> {
    try {
      this.count = await host().call("unresolved_count", {});
      this.unfinished = await host().call("publish_unfinished", {});
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  /** After a start: finds out, by reading alone, what a crash or a lost answer left open. What needs a person stays in the banner. */
  async settle(): Promise<void> {
    await this.refresh();
    if (this.count === 0 || this.looking) return;
    this.looking = true;
    try {
      const found = await host().call("reconcile", { choices: [] });
      const settled = found.items.filter((item) => SETTLED.includes(item.outcome)).length;
      if (settled > 0) toasts.done(text.settled(settled), text.never, { label: text.show, run: () => (this.found = found) }, 10);
      await this.refresh();
    } catch {
      // Nobody asked for this look; the banner still says what is open.
    }
    this.looking = false;
  }

  /** Looks at the environments, with a person's answer for one attempt if there is one. */
  async look(choice?: { item: ReconcileItem; remoteId: string | null }): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const choices = choice ? [{ attemptId: choice.item.attemptId, remoteId: choice.remoteId }] : [];
      this.found = await host().call("reconcile", { choices });
      await this.refresh();
    } catch (thrown) {
      toasts.failed(thrown);
    }
    this.looking = false;
  }
}

export const unresolved = new Unresolved();
