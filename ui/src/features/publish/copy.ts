import { host } from "../../host";
import { toasts } from "../../state/toasts.svelte";

/** Copies text that is no secret, and says so. */
export async function copyText(text: string, said: string): Promise<void> {
  try {
    await host().call("text_copy", { text });
    toasts.done(said);
  } catch (thrown) {
    toasts.failed(thrown);
  }
}
