import { host } from "../host";
import { driftText as text } from "../messages/publish";
import { toasts } from "./toasts.svelte";

/** Reads the sets of a draft again and says what was found. Only metadata can be compared: no server gives a secret back. */
export async function checkDrift(draftId: string): Promise<void> {
  try {
    const drifted = await host().call("publication_refresh", { draftIds: [draftId] });
    if (drifted === 0) toasts.done(text.none, text.compared);
    else toasts.show({ title: text.found(drifted), text: text.compared, tone: "warn", icon: "git-compare" });
  } catch (thrown) {
    toasts.failed(thrown);
  }
}
