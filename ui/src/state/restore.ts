import { host } from "../host";
import { drafts } from "./drafts.svelte";
import { editors } from "./editors.svelte";
import { environmentForms } from "./environmentForms.svelte";
import { NEW } from "./environmentForm.svelte";
import { session } from "./session.svelte";
import { toasts } from "./toasts.svelte";

/** Fills every form again that was being filled in before the vault locked or the program ended, and shows the newest. */
export async function restoreUnsaved(): Promise<void> {
  try {
    const all = await host().call("unsaved_list", {});
    let shown = false;
    for (const work of all) {
      const back = work.form === "draft" ? await editors.restore(work) : environmentForms.restore(work);
      if (!back || shown) continue;
      shown = true;
      if (work.form === "environment") session.go("environments", work.id ?? NEW);
      else if (work.id) drafts.current = work.id;
      else session.newDraft = true;
    }
  } catch (thrown) {
    toasts.failed(thrown);
  }
}
