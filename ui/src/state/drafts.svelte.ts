import type { DraftCounts, DraftList, DraftQuery, DraftRow } from "../bindings/types";
import { host } from "../host";
import { listText } from "../messages/list";
import { Paged } from "./paged.svelte";
import { toasts } from "./toasts.svelte";

export { PAGE } from "./paged.svelte";

const MOST_SELECTED = 2000;

const NO_COUNTS: DraftCounts = { all: 0, trash: 0, byType: {}, byState: {}, expiring: 0 };

/** The list, and what is selected in it. */
class Drafts extends Paged<DraftRow> {
  query = $state<DraftQuery>({});
  counts = $state<DraftCounts>(NO_COUNTS);
  selected = $state<Record<string, true>>({});
  current = $state<string | null>(null);
  /** What the last delete took, for as long as it can be undone by a key. */
  deleted = $state<string[]>([]);
  /** Counts changes of the selection, so that a stretch that answers late is known as one. */
  private selecting = 0;

  /** Where a draft stands, as far as its page is here. */
  indexOf(id: string): number | null {
    return this.find((row) => row.id === id);
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
    await this.restart();
  }

  protected ask(offset: number, limit: number): Promise<DraftList> {
    return host().call("draft_list", { query: { ...this.query, offset, limit } });
  }

  protected took({ counts }: DraftList): void {
    this.counts = counts;
  }

  protected override arrived(): void {
    if (this.current === null && !this.query.trash) this.current = this.row(0)?.id ?? null;
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
