import type { AttemptEvidence, Problem } from "../bindings/types";
import { host } from "../host";
import { asProblem } from "./toasts.svelte";

/** The request and the answer of one attempt, while they are looked at. */
class Evidence {
  attemptId = $state<string | null>(null);
  found = $state<AttemptEvidence | null>(null);
  problem = $state<Problem | null>(null);

  async open(attemptId: string): Promise<void> {
    Object.assign(this, { attemptId, found: null, problem: null });
    try {
      const found = await host().call("attempt_evidence", { id: attemptId });
      if (this.attemptId === attemptId) this.found = found;
    } catch (thrown) {
      if (this.attemptId === attemptId) this.problem = asProblem(thrown);
    }
  }

  close(): void {
    this.attemptId = null;
  }
}

export const evidence = new Evidence();
