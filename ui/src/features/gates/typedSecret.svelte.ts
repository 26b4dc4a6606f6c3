import type { Problem } from "../../bindings/types";
import { session } from "../../state/session.svelte";
import { emptied } from "../../ui/emptied";

/** One input whose secret opens the vault: uncontrolled, read once when it is sent, emptied when it leaves the page. */
export class TypedSecret {
  problem = $state<Problem | null>(null);
  #input: HTMLInputElement | undefined;
  readonly #command: "vault_unlock_with" | "vault_recover";

  constructor(command: "vault_unlock_with" | "vault_recover") {
    this.#command = command;
  }

  /** For `use:`. */
  readonly field = (input: HTMLInputElement) => {
    this.#input = input;
    input.focus();
    return emptied(input);
  };

  readonly send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (session.waiting || !this.#input) return;
    this.problem = null;
    // What was typed stays while it is wrong: one letter of it may be.
    this.problem = await session.enterWith(this.#command, this.#input.value);
    if (this.problem) this.#input.focus();
  };
}
