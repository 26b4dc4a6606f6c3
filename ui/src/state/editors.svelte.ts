import { SvelteMap } from "svelte/reactivity";
import { host } from "../host";
import { Editor } from "./editor.svelte";
import { asProblem, toasts } from "./toasts.svelte";

/** Open editors by draft: leaving a draft keeps its edits until they are saved or discarded. */
class Editors {
  private open = new SvelteMap<string, Editor>();

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
