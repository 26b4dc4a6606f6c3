import type { DraftCounts, DraftQuery, DraftRow } from "../bindings/types";
import { host } from "../host";
import { asProblem, toasts } from "./toasts.svelte";

/** Rows asked for at once. */
export const PAGE = 100;

const NO_COUNTS: DraftCounts = { all: 0, trash: 0, byType: {}, byState: {}, expiring: 0 };

/**
 * The list, as windows: only the pages that are in view are asked for and kept, so 100,000 drafts cost no more than
 * 300 (issue #2, "Window").
 */
class Drafts {
  query = $state<DraftQuery>({});
  total = $state(0);
  counts = $state<DraftCounts>(NO_COUNTS);
  loaded = $state(false);
  /** Page number → its rows. */
  pages = $state<Record<number, DraftRow[]>>({});
  selected = $state<Record<string, true>>({});
  current = $state<string | null>(null);
  private asked = 0;
  private wanted: [number, number] = [0, 0];

  row(index: number): DraftRow | undefined {
    return this.pages[Math.floor(index / PAGE)]?.[index % PAGE];
  }

  get selectedIds(): string[] {
    return Object.keys(this.selected);
  }

  /** Shows another list. */
  async filter(query: DraftQuery): Promise<void> {
    this.query = query;
    this.selected = {};
    this.wanted = [0, 0];
    await this.reload();
  }

  /** Asks again for the pages in view; keeps what is shown until the answer is there. */
  async reload(): Promise<void> {
    const asked = ++this.asked;
    const [from, to] = this.wanted;
    const fresh: Record<number, DraftRow[]> = {};
    for (let page = from; page <= to; page++) {
      const rows = await this.ask(page, asked);
      if (!rows) return;
      fresh[page] = rows;
    }
    this.pages = fresh;
    this.loaded = true;
    if (this.current === null && !this.query.trash) this.current = this.row(0)?.id ?? null;
  }

  /** The rows in view: pages that are missing are asked for, pages far away are let go. */
  async view(first: number, last: number): Promise<void> {
    const from = Math.floor(first / PAGE);
    const to = Math.floor(Math.max(first, last) / PAGE);
    this.wanted = [from, to];
    for (const page of Object.keys(this.pages).map(Number)) {
      if (page < from - 1 || page > to + 1) delete this.pages[page];
    }
    for (let page = from; page <= to; page++) {
      if (this.pages[page]) continue;
      const asked = this.asked;
      const rows = await this.ask(page, asked);
      if (rows) this.pages[page] = rows;
    }
  }

  private async ask(page: number, asked: number): Promise<DraftRow[] | null> {
    try {
      const list = await host().call("draft_list", { query: { ...this.query, offset: page * PAGE, limit: PAGE } });
      // An answer to an earlier question would show rows of another filter.
      if (asked !== this.asked) return null;
      this.total = list.total;
      this.counts = list.counts;
      return list.rows;
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.code !== "vaultLocked") toasts.failed(problem);
      return null;
    }
  }

  select(id: string, on: boolean): void {
    if (on) this.selected[id] = true;
    else delete this.selected[id];
  }

  async remove(ids: string[]): Promise<void> {
    try {
      const moved = await host().call("draft_delete", { ids });
      if (ids.includes(this.current ?? "")) this.current = null;
      this.selected = {};
      await this.reload();
      const title = moved === 1 ? "Draft moved to the trash" : `${moved} drafts moved to the trash`;
      toasts.show(
        { title, text: "Nothing was deleted in any environment", tone: "t3", icon: "trash-2", action: { label: "Undo", run: () => void this.restore(ids) } },
        10,
      );
    } catch (thrown) {
      toasts.failed(asProblem(thrown));
    }
  }

  async restore(ids: string[]): Promise<void> {
    try {
      await host().call("draft_restore", { ids });
      await this.reload();
    } catch (thrown) {
      toasts.failed(asProblem(thrown));
    }
  }

  async duplicate(id: string): Promise<void> {
    try {
      const copy = await host().call("draft_duplicate", { id });
      await this.reload();
      this.current = copy.id;
    } catch (thrown) {
      toasts.failed(asProblem(thrown));
    }
  }
}

export const drafts = new Drafts();
