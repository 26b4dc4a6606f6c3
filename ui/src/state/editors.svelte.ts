import { SvelteMap } from "svelte/reactivity";
import { host } from "../host";
import { Editor } from "./editor.svelte";
import { asProblem, toasts } from "./toasts.svelte";

/** Open editors by draft: leaving a draft keeps its edits until they are saved or discarded. */
class Editors {
  private open = new SvelteMap<string, Editor>();

  /** The set that is being written and was never saved. */
  fresh = $state<Editor | null>(null);

  /** Edits that exist nowhere but here. */
  get unsaved(): Editor[] {
    return [...this.open.values(), ...(this.fresh ? [this.fresh] : [])].filter((editor) => editor.dirty);
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
      const problem = asProblem(thrown);
      if (problem.code !== "vaultLocked") toasts.failed(problem);
    }
  }
}

export const editors = new Editors();
