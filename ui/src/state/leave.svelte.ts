import { host } from "../host";
import { editors } from "./editors.svelte";
import { session } from "./session.svelte";

export type Leaving = "lock" | "close";

/** Going away on purpose: asked about only while there are edits that exist nowhere else. A lock by itself never asks. */
class Leave {
  asking = $state<Leaving | null>(null);
  saving = $state(false);

  want(what: Leaving): void {
    if (editors.unsaved.length === 0) void this.go(what);
    else {
      session.palette = false;
      this.asking = what;
    }
  }

  stay(): void {
    this.asking = null;
  }

  /** Saves everything and goes; stays if anything could not be saved. */
  async saveAndGo(): Promise<void> {
    const what = this.asking;
    if (!what || this.saving) return;
    this.saving = true;
    for (const editor of editors.unsaved) if (!(await editor.save())) break;
    this.saving = false;
    if (editors.unsaved.length === 0) await this.go(what);
    else this.asking = null;
  }

  async go(what: Leaving): Promise<void> {
    this.asking = null;
    if (what === "close") host().window.close();
    else await session.lock();
  }
}

export const leave = new Leave();
