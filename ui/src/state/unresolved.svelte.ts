import type { ReconcileItem, ReconcileView, UnfinishedRun } from "../bindings/types";
import { host } from "../host";
import { toasts } from "./toasts.svelte";

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
