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
  keep(): Promise<boolean> {
    this.#wait();
    // One after the other, in line at once: whoever waits for the last waits for all. The form is taken when its turn comes, so that
    // what was typed meanwhile is in it.
    const mine = (this.#keeping ?? Promise.resolve(true)).then(() => this.#send());
    this.#keeping = mine;
    keepers.add(this);
    void mine.then(() => {
      if (this.#keeping === mine) this.#keeping = undefined;
      if (!this.busy) keepers.delete(this);
    });
    return mine;
  }

  /** Never rejects: what stands in line behind it must get its turn. */
  async #send(): Promise<boolean> {
    try {
      this.name = await host().call("unsaved_keep", { save: this.#form() });
      this.#told = false;
      return true;
    } catch (thrown) {
      // Once: it is tried again with every key.
      if (!this.#told) toasts.failed(thrown);
      this.#told = true;
      return false;
    }
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #stop(): void {
    this.#wait();
    if (!this.busy) keepers.delete(this);
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

  /** Is anything waiting to be kept, or under way? */
  get busy(): boolean {
    return this.#timer !== undefined || this.#keeping !== undefined;
  }

  /** Everything typed so far is kept, or could not be. */
  async kept(): Promise<boolean> {
    return this.#timer === undefined ? ((await this.#keeping) ?? true) : this.keep();
  }
}

/** Keeps everything that waits, and waits for what is under way; false if anything could not be kept. */
export async function keepAll(): Promise<boolean> {
  const kept = await Promise.all([...keepers].map((keeper) => keeper.kept()));
  return kept.every(Boolean);
}
