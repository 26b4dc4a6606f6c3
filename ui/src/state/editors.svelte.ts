import { SvelteMap } from "svelte/reactivity";
import type { UnsavedView } from "../bindings/types";
import { host } from "../host";
import { Editor } from "./editor.svelte";
import { toasts } from "./toasts.svelte";

/** Open editors by draft: leaving a draft keeps its edits until they are saved or discarded. */
class Editors {
  private open = new SvelteMap<string, Editor>();

  /** The set that is being written and was never saved. */
  fresh = $state<Editor | null>(null);

  /** Edits that exist nowhere but here. */
  get unsaved(): Editor[] {
    return [...this.open.values(), ...(this.fresh ? [this.fresh] : [])].filter((editor) => editor.dirty);
  }

  /** Edits from before a lock, in their editor again; false if their draft is gone. */
  async restore(work: UnsavedView & { form: "draft" }): Promise<boolean> {
    if (!work.id) {
      this.fresh = await Editor.restored(work, null);
      return true;
    }
    try {
      this.open.set(work.id, await Editor.restored(work, await host().call("draft_get", { id: work.id })));
      return true;
    } catch (thrown) {
      toasts.failed(thrown);
      return false;
    }
  }

  get(id: string): Editor | undefined {
    return this.open.get(id);
  }

  /** The editor of a draft, loaded; edits that were left are kept. */
  async show(id: string): Promise<void> {
    try {
      const view = await host().call("draft_get", { id });
      const editor = this.open.get(id);
      if (editor) editor.refresh(view);
      else this.open.set(id, Editor.of(view));
      for (const [other, one] of this.open) if (other !== id && !one.dirty) this.open.delete(other);
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }
}

export const editors = new Editors();
