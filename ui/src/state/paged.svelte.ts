import { toasts } from "./toasts.svelte";

/** Rows asked for at once. */
export const PAGE = 100;

/** What a question for a window of rows is answered with. */
interface Window<Row> {
  total: number;
  rows: Row[];
}

/**
 * A list as windows: only the pages that are in view are asked for and kept, so 100,000 rows cost no more than 300
 * (issue #2, "Window").
 */
export abstract class Paged<Row> {
  total = $state(0);
  loaded = $state(false);
  /** Page number → its rows. */
  pages = $state.raw<Record<number, Row[]>>({});
  /** First and last page in view. */
  protected wanted: [number, number] = [0, 0];
  /** Counts what makes earlier answers old. */
  #asked = 0;
  #loading = Promise.resolve();
  private asking: ReturnType<typeof setTimeout> | undefined;

  /** Asks for a window of rows. */
  protected abstract ask(offset: number, limit: number): Promise<Window<Row>>;
  /** Takes in what an answer holds beside its rows; it is to the newest question. */
  protected abstract took(answer: Window<Row>): void;
  /** The pages in view are there. */
  protected arrived(): void {}

  row(index: number): Row | undefined {
    return this.pages[Math.floor(index / PAGE)]?.[index % PAGE];
  }

  /** Where a row stands, as far as its page is here. */
  protected find(is: (row: Row) => boolean): number | null {
    for (const [page, rows] of Object.entries(this.pages)) {
      const at = rows.findIndex(is);
      if (at >= 0) return Number(page) * PAGE + at;
    }
    return null;
  }

  /** From the first row on. */
  protected async restart(): Promise<void> {
    this.wanted = [0, 0];
    await this.reload();
  }

  /**
   * Asks again for the pages in view; keeps what is shown until the answer is there. Whoever waits, waits for the newest:
   * a change here and the news of it from the vault ask twice at once.
   */
  async reload(): Promise<void> {
    let waited: Promise<void>;
    this.#loading = this.#load(++this.#asked);
    do {
      waited = this.#loading;
      await waited;
    } while (waited !== this.#loading);
  }

  async #load(asked: number): Promise<void> {
    const [from, to] = this.wanted;
    const fresh: Record<number, Row[]> = {};
    for (let page = from; page <= to; page++) {
      const rows = await this.#page(page, asked);
      if (!rows) return;
      fresh[page] = rows;
    }
    this.pages = fresh;
    this.loaded = true;
    this.arrived();
    // The view may have moved on meanwhile.
    this.#fetchSoon();
  }

  /** The rows in view: pages that are missing are asked for, pages far away are let go. */
  view(first: number, last: number): void {
    const from = Math.floor(first / PAGE);
    const to = Math.floor(Math.max(first, last) / PAGE);
    this.wanted = [from, to];
    const near = Object.entries(this.pages).filter(([page]) => Number(page) >= from - 1 && Number(page) <= to + 1);
    if (near.length < Object.keys(this.pages).length) this.pages = Object.fromEntries(near);
    this.#fetchSoon();
  }

  /** A moment later, so that pages a fast scroll only passes are never asked for. */
  #fetchSoon(): void {
    if (this.#missing() === undefined) return;
    this.asking ??= setTimeout(() => void this.#fetch(), 30);
  }

  #missing(): number | undefined {
    const [from, to] = this.wanted;
    for (let page = from; page <= to; page++) if (!this.pages[page]) return page;
    return undefined;
  }

  async #fetch(): Promise<void> {
    for (let page = this.#missing(); page !== undefined; page = this.#missing()) {
      const rows = await this.#page(page, this.#asked);
      if (!rows) break;
      this.pages = { ...this.pages, [page]: rows };
    }
    this.asking = undefined;
  }

  async #page(page: number, asked: number): Promise<Row[] | null> {
    try {
      const answer = await this.ask(page * PAGE, PAGE);
      // An answer to an earlier question would show rows of another filter.
      if (asked !== this.#asked) return null;
      this.total = answer.total;
      this.took(answer);
      return answer.rows;
    } catch (thrown) {
      if (asked === this.#asked) toasts.failed(thrown);
      return null;
    }
  }
}
