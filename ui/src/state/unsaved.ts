// What is typed is handed over a second after the last key and sealed in the vault, so that a lock or a crash takes
// nothing (docs/adr/0008). One keeper per form; a typed secret goes with it and never comes back.
import type { UnsavedSave } from "../bindings/types";
import { host } from "../host";
import { toasts } from "./toasts.svelte";

const AFTER = 1000;
const keepers = new Set<Keeper>();

/** Keeps one form. */
export class Keeper {
  /** What it is kept under, once it is. */
  name: string | undefined;
  #form: () => UnsavedSave;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keeping: Promise<boolean> | undefined;
  #told = false;

  constructor(form: () => UnsavedSave) {
    this.#form = form;
  }

  /** Something was typed: it is kept in a moment. */
  touched(): void {
    keepers.add(this);
    this.#timer ??= setTimeout(() => void this.keep(), AFTER);
  }

  /** Keeps it now; false if it could not be. */
  async keep(): Promise<boolean> {
    this.#stop();
    await this.#keeping;
    // Taken now and not before: what was typed while the last one was under way is in it.
    this.#keeping = this.#send(this.#form());
    return this.#keeping;
  }

  async #send(save: UnsavedSave): Promise<boolean> {
    try {
      this.name = await host().call("unsaved_keep", { save });
      this.#told = false;
      return true;
    } catch (thrown) {
      // Once: it is tried again with every key.
      if (!this.#told) toasts.failed(thrown);
      this.#told = true;
      return false;
    }
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    keepers.delete(this);
  }

  /** Before a save: none is kept any more, so that none comes after it. */
  async still(): Promise<void> {
    this.#stop();
    await this.#keeping;
  }

  /** It was saved, or is shown anew: the vault dropped it or never had it. */
  forget(): void {
    this.#stop();
    this.name = undefined;
  }

  /** It is not wanted. */
  async drop(): Promise<void> {
    await this.still();
    const { name } = this;
    this.name = undefined;
    if (name === undefined) return;
    try {
      await host().call("unsaved_drop", { name });
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  get waiting(): boolean {
    return this.#timer !== undefined;
  }
}

/** Keeps everything that waits; false if anything could not be kept. */
export async function keepAll(): Promise<boolean> {
  const kept = await Promise.all([...keepers].filter((keeper) => keeper.waiting).map((keeper) => keeper.keep()));
  return kept.every(Boolean);
}
