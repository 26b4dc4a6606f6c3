import type { KeyringCheck, Problem } from "../bindings/types";
import { host } from "../host";
import { asProblem } from "./toasts.svelte";

/** One look at the keyring: what was found, or why nothing could be. */
export class KeyringLook {
  check = $state<KeyringCheck | null>(null);
  problem = $state<Problem | null>(null);
  asking = $state(false);

  async ask(): Promise<void> {
    this.asking = true;
    this.problem = null;
    try {
      this.check = await host().call("keyring_check", {});
    } catch (thrown) {
      this.check = null;
      this.problem = asProblem(thrown);
    }
    this.asking = false;
  }
}
