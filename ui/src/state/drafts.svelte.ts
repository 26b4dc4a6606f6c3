import type { DraftCounts, DraftQuery, DraftRow } from "../bindings/types";
import { host } from "../host";
import { listText } from "../messages/list";
import { toasts } from "./toasts.svelte";

/** Rows asked for at once. */
export const PAGE = 100;

const MOST_SELECTED = 2000;

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
  /** What the last delete took, for as long as it can be undone by a key. */
  deleted = $state<string[]>([]);
  private asked = 0;
  private loading = Promise.resolve();
  private wanted: [number, number] = [0, 0];
  private asking: ReturnType<typeof setTimeout> | undefined;
  /** Counts changes of the selection, so that a stretch that answers late is known as one. */
  private selecting = 0;

  row(index: number): DraftRow | undefined {
    return this.pages[Math.floor(index / PAGE)]?.[index % PAGE];
  }

  /** Where a draft stands, as far as its page is here. */
  indexOf(id: string): number | null {
    for (const [page, rows] of Object.entries(this.pages)) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return Number(page) * PAGE + at;
    }
    return null;
  }

  get selectedIds(): string[] {
    return Object.keys(this.selected);
  }

  /** Shows another list, in the order of the last one. */
  show(query: DraftQuery): Promise<void> {
    const { sort, descending } = this.query;
    return this.filter({ ...(sort ? { sort, descending } : {}), ...query });
  }

  /** Shows another list. */
  async filter(query: DraftQuery): Promise<void> {
    this.query = query;
    this.clearSelection();
    this.wanted = [0, 0];
    await this.reload();
  }

  /**
   * Asks again for the pages in view; keeps what is shown until the answer is there. Whoever waits, waits for the newest:
   * a change here and the news of it from the vault ask twice at once.
   */
  async reload(): Promise<void> {
    let waited: Promise<void>;
    this.loading = this.load(++this.asked);
    do {
      waited = this.loading;
      await waited;
    } while (waited !== this.loading);
  }

  private async load(asked: number): Promise<void> {
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
    // The view may have moved on meanwhile.
    this.fetchSoon();
  }

  /** The rows in view: pages that are missing are asked for, pages far away are let go. */
  view(first: number, last: number): void {
    const from = Math.floor(first / PAGE);
    const to = Math.floor(Math.max(first, last) / PAGE);
    this.wanted = [from, to];
    for (const page of Object.keys(this.pages).map(Number)) {
      if (page < from - 1 || page > to + 1) delete this.pages[page];
    }
    this.fetchSoon();
  }

  /** A moment later, so that pages a fast scroll only passes are never asked for. */
  private fetchSoon(): void {
    if (this.missing() === undefined) return;
    this.asking ??= setTimeout(() => void this.fetch(), 30);
  }

  private missing(): number | undefined {
    const [from, to] = this.wanted;
    for (let page = from; page <= to; page++) if (!this.pages[page]) return page;
    return undefined;
  }

  private async fetch(): Promise<void> {
    for (let page = this.missing(); page !== undefined; page = this.missing()) {
      const rows = await this.ask(page, this.asked);
      if (!rows) break;
      this.pages[page] = rows;
    }
    this.asking = undefined;
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
      toasts.failed(thrown);
      return null;
    }
  }

  clearSelection(): void {
    this.selecting++;
    this.selected = {};
  }

  select(id: string, on: boolean): void {
    this.selecting++;
    if (on) this.selected[id] = true;
    else delete this.selected[id];
  }

  /** Selects all that match, at most as many as one plan can be read for. */
  async selectAll(): Promise<void> {
    await this.selectStretch([], 0, this.total - 1);
  }

  /** Selects what was selected before and a stretch of the list, also where its rows were never shown. */
  async selectStretch(before: string[], anchor: number, to: number): Promise<void> {
    const turn = ++this.selecting;
    const end = to >= anchor ? Math.min(to, anchor + MOST_SELECTED - 1) : Math.max(to, anchor - MOST_SELECTED + 1);
    try {
      const ids = await this.idsOf(Math.min(anchor, end), Math.max(anchor, end));
      if (turn !== this.selecting) return;
      this.selected = Object.fromEntries([...before, ...ids].map((id) => [id, true as const]));
    } catch (thrown) {
      toasts.failed(thrown);
      return;
    }
    if (end !== to) toasts.done(listText.mostSelected(MOST_SELECTED), listText.mostSelectedText);
  }

  private async idsOf(from: number, to: number): Promise<string[]> {
    const ids: string[] = [];
    while (from + ids.length <= to) {
      const at = from + ids.length;
      const here = this.row(at);
      if (here) {
        ids.push(here.id);
        continue;
      }
      const { rows } = await host().call("draft_list", { query: { ...this.query, offset: at, limit: Math.min(500, to - at + 1) } });
      if (rows.length === 0) break;
      ids.push(...rows.map((row) => row.id));
    }
    return ids;
  }

  /** Moves drafts to the trash; the one that takes the place of the first is shown next. */
  async remove(ids: string[]): Promise<void> {
    const at = this.indexOf(ids[0] ?? "");
    try {
      const moved = await host().call("draft_delete", { ids });
      this.deleted = ids;
      const gone = ids.includes(this.current ?? "");
      this.clearSelection();
      await this.reload();
      if (gone) this.current = this.row(Math.min(at ?? 0, this.total - 1))?.id ?? null;
      toasts.show(
        { title: listText.movedToTrash(moved), text: listText.movedToTrashText, tone: "t3", icon: "trash-2", action: { label: listText.undo, run: () => void this.restore(ids) } },
        10,
      );
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  async restore(ids: string[]): Promise<void> {
    try {
      await host().call("draft_restore", { ids: [...ids] });
      this.deleted = [];
      await this.reload();
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  async duplicate(ids: string[]): Promise<void> {
    try {
      let copy: string | null = null;
      for (const id of ids) copy = (await host().call("draft_duplicate", { id })).id;
      this.clearSelection();
      await this.reload();
      if (copy) this.current = copy;
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }
}

export const drafts = new Drafts();
