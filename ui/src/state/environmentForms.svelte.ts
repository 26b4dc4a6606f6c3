import { SvelteMap } from "svelte/reactivity";
import type { UnsavedView } from "../bindings/types";
import { EnvironmentForm, NEW } from "./environmentForm.svelte";
import { session } from "./session.svelte";

/** Open forms by environment: what is typed stays while something else is looked at. */
class EnvironmentForms {
  private open = new SvelteMap<string, EnvironmentForm>();

  /** Forms that would lose something. */
  get unsaved(): EnvironmentForm[] {
    return [...this.open.values()].filter((form) => form.dirty);
  }

  /** The form of an environment or of a new one. */
  of(id: string): EnvironmentForm {
    const known = this.open.get(id);
    // A new one that was saved has an id by now: the next "Add" starts empty.
    if (known && !(id === NEW && known.id)) return known;
    const fresh = new EnvironmentForm(id === NEW ? null : (session.environment(id) ?? null));
    this.open.set(id, fresh);
    return fresh;
  }

  /** What was typed before a lock, in its form again; false if its environment is gone. */
  restore(work: UnsavedView & { form: "environment" }): boolean {
    const stored = work.id ? session.environment(work.id) : undefined;
    if (work.id && !stored) return false;
    this.open.set(work.id ?? NEW, EnvironmentForm.restored(work, stored ?? null));
    return true;
  }

  /** Forgets every form. */
  clear(): void {
    this.open.clear();
  }
}

export const environmentForms = new EnvironmentForms();
