import { host } from "../host";
import { asProblem, toasts } from "./toasts.svelte";

/** Reads the sets of a draft again and says what was found. Only metadata can be compared: no server gives a secret back. */
export async function checkDrift(draftId: string): Promise<void> {
  try {
    const drifted = await host().call("publication_refresh", { draftIds: [draftId] });
    const text = "Metadata was compared. Secrets can't be: Dynatrace never returns them.";
    if (drifted === 0) toasts.done("No drift found", text);
    else toasts.show({ title: drifted === 1 ? "Changed in 1 environment" : `Changed in ${drifted} environments`, text, tone: "warn", icon: "git-compare" });
  } catch (thrown) {
    toasts.failed(asProblem(thrown));
  }
}
