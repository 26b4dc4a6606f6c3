import type { DraftView, RotationView, SecretEdit, SecretField } from "../bindings/types";
import { host } from "../host";
import { publish } from "./publish.svelte";
import { toasts } from "./toasts.svelte";

/** Rotations under way, and the one whose sheet is open. */
class Rotations {
  all = $state.raw<RotationView[]>([]);
  /** The draft whose sheet is open. */
  open = $state<string | null>(null);
  busy = $state(false);
  /** The sheet to come back to once the plan of a step is closed. */
  private back: string | null = null;

  of(draftId: string): RotationView | undefined {
    return this.all.find((one) => one.draftId === draftId);
  }

  async refresh(): Promise<void> {
    try {
      this.all = await host().call("rotation_list", {});
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  /** Stores the new secret, and whose it is if that changes with it, then shows the plan for the environment that gets it first; false if it was refused. */
  async start(draft: DraftView, canary: string, secrets: Partial<Record<SecretField, SecretEdit>>, user: string | null): Promise<boolean> {
    const begun = await this.does(() => host().call("rotation_start", { start: { id: draft.id, expectedRevision: draft.revision, canary: [canary], secrets, ...(user === null ? {} : { user }) } }));
    if (begun) await this.step(draft.id, false);
    return begun;
  }

  /** The plan of a step: for the first environment, or for the rest. */
  async step(draftId: string, rest: boolean): Promise<void> {
    this.leave(draftId);
    await publish.openRotation(draftId, rest);
  }

  /** An earlier secret is to be there again: stored as what differs there, then shown as a plan. */
  async goBack(draftId: string, environmentId: string, revision?: number): Promise<void> {
    if (await this.does(() => host().call("rotation_roll_back", { draftId, environmentId, ...(revision === undefined ? {} : { revision }) }))) await this.publishTo(draftId, environmentId);
  }

  /** The new secret is to be there after all. */
  async goForward(draftId: string, environmentId: string): Promise<void> {
    if (await this.does(() => host().call("rotation_roll_forward", { draftId, environmentId }))) await this.publishTo(draftId, environmentId);
  }

  async publishTo(draftId: string, environmentId: string): Promise<void> {
    this.leave(draftId);
    await publish.open([draftId], [environmentId]);
  }

  async end(draftId: string): Promise<boolean> {
    return this.does(() => host().call("rotation_end", { draftId }));
  }

  /** Back to the sheet, now that the plan it opened is closed. */
  returned(): void {
    if (this.back === null) return;
    this.open = this.back;
    this.back = null;
    void this.refresh();
  }

  private leave(draftId: string): void {
    this.open = null;
    this.back = draftId;
  }

  private async does(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      await work();
      await this.refresh();
      return true;
    } catch (thrown) {
      toasts.failed(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const rotations = new Rotations();
