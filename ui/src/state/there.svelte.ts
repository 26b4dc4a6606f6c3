import { SvelteMap } from "svelte/reactivity";
import type { SecretEdit, SecretField } from "../bindings/types";

type Edits = Partial<Record<SecretField, SecretEdit>>;

/**
 * Secrets that get another value in one environment, while they are typed. As in the editor, the values stand in a plain
 * map and never in reactive state; what is reactive says only that one waits for a save.
 */
export class TypedThere {
  /** Environment and field → what becomes of it. */
  readonly pending = new SvelteMap<string, "set" | "clear">();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- on purpose: a typed secret is no reactive state
  #typed = new Map<string, Map<SecretField, SecretEdit>>();

  what(environmentId: string, field: SecretField): "set" | "clear" | undefined {
    return this.pending.get(`${environmentId}/${field}`);
  }

  put(environmentId: string, field: SecretField, edit: SecretEdit): void {
    const key = `${environmentId}/${field}`;
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- on purpose, as above
    const here = this.#typed.get(environmentId) ?? new Map<SecretField, SecretEdit>();
    this.#typed.set(environmentId, here);
    if (edit.do === "keep") {
      here.delete(field);
      this.pending.delete(key);
    } else {
      here.set(field, edit);
      this.pending.set(key, edit.do === "clear" ? "clear" : "set");
    }
  }

  /** Nothing of this environment waits any more. */
  drop(environmentId: string): void {
    for (const field of this.#typed.get(environmentId)?.keys() ?? []) this.pending.delete(`${environmentId}/${field}`);
    this.#typed.delete(environmentId);
  }

  /** What goes with a save, for the fields a form has. */
  edits(fields: SecretField[]): Record<string, Edits> {
    const all: Record<string, Edits> = {};
    for (const [id, here] of this.#typed) {
      const edits = [...here].filter(([field]) => fields.includes(field));
      if (edits.length > 0) all[id] = Object.fromEntries(edits);
    }
    return all;
  }

  wipe(): void {
    this.#typed.clear();
    this.pending.clear();
  }
}
