import type { FileChosen } from "../bindings/types";
import { host } from "../host";
import { toasts } from "./toasts.svelte";

/** Asks in the system's own dialog. Nothing, if it was put away or could not be shown; then a message says so. */
export async function chosenFile(title: string): Promise<FileChosen | null> {
  try {
    return await host().call("file_choose", { title });
  } catch (thrown) {
    toasts.failed(thrown);
    return null;
  }
}
