import { editorText } from "../messages/editor";
import { environmentText } from "../messages/environments";
import { typeIcon } from "../messages/words";
import type { IconName } from "../ui/icons";
import { host } from "../host";
import { editors } from "./editors.svelte";
import { NEW } from "./environmentForm.svelte";
import { environmentForms } from "./environmentForms.svelte";
import { session } from "./session.svelte";
import { keepAll } from "./unsaved";

export type Leaving = "lock" | "close";

/** A form with edits that are not stored. */
export interface Unsaved {
  name: string;
  icon: IconName;
  /** Stores it; true if nothing is left to lose. */
  save(): Promise<boolean>;
  drop(): Promise<void>;
}

function all(): Unsaved[] {
  return [
    ...editors.unsaved.map((editor) => ({
      name: editor.content.name || editorText.untitled,
      icon: typeIcon(editor.type),
      save: () => editor.save(),
      drop: () => editor.drop(),
    })),
    ...environmentForms.unsaved.map((form) => ({
      name: form.name || environmentText.fresh,
      icon: "globe" as const,
      save: async () => {
        if (form.missing === "" && (await form.save(form.readToken()))) return true;
        // What is missing is said there.
        session.go("environments", form.id ?? NEW);
        return false;
      },
      drop: () => form.drop(),
    })),
  ];
}

/**
 * Going away on purpose. A lock keeps what is typed sealed and asks nothing; closing asks, since the edits would be out
 * of sight until the next start.
 */
class Leave {
  asking = $state<Leaving | null>(null);
  saving = $state(false);

  get unsaved(): Unsaved[] {
    return all();
  }

  async want(what: Leaving): Promise<void> {
    if (this.unsaved.length === 0) return this.go(what);
    const kept = await keepAll();
    if (what === "lock" && kept) return this.go(what);
    session.palette = false;
    this.asking = what;
  }

  stay(): void {
    this.asking = null;
  }

  /** Saves everything and goes; stays if anything could not be saved. */
  async saveAndGo(): Promise<void> {
    const what = this.asking;
    if (!what || this.saving) return;
    this.saving = true;
    for (const one of this.unsaved) if (!(await one.save())) break;
    this.saving = false;
    if (this.unsaved.length === 0) await this.go(what);
    else this.asking = null;
  }

  /** Drops everything that is not stored, also where it was kept, and goes. */
  async discardAndGo(what: Leaving): Promise<void> {
    for (const one of this.unsaved) await one.drop();
    await this.go(what);
  }

  private async go(what: Leaving): Promise<void> {
    this.asking = null;
    if (what === "close") await host().call("window_close", {});
    else await session.lock();
  }
}

export const leave = new Leave();
