import type { MatrixEnvironment, MatrixQuery, MatrixRow } from "../bindings/types";
import { host } from "../host";
import { toasts } from "./toasts.svelte";

/** Rows asked for at once. */
const PAGE = 100;

/** The matrix, as windows of rows: only pages in view are asked for and kept. */
class Matrix {
  query = $state<MatrixQuery>({});
  total = $state(0);
  drafts = $state(0);
  environments = $state.raw<MatrixEnvironment[]>([]);
  loaded = $state(false);
  /** Environments are being looked at. */
  looking = $state(false);
  private pages = $state.raw<Record<number, MatrixRow[]>>({});
  private wanted: [number, number] = [0, 0];
  /** Counts what makes earlier answers old. */
  private asked = 0;
  private onTheWay = new Set<number>();

  row(index: number): MatrixRow | undefined {
    return this.pages[Math.floor(index / PAGE)]?.[index % PAGE];
  }

  /** Shows other rows. */
  async filter(query: MatrixQuery): Promise<void> {
    this.query = query;
    this.wanted = [0, 0];
    await this.reload();
  }

  /** Asks again for the pages in view; keeps what is shown until the answer is there. */
  async reload(): Promise<void> {
    const asked = ++this.asked;
    this.onTheWay.clear();
    const [from, to] = this.wanted;
    const fresh: Record<number, MatrixRow[]> = {};
    for (let page = from; page <= to; page++) {
      const rows = await this.ask(page, asked);
      if (!rows) return;
      fresh[page] = rows;
    }
    this.pages = fresh;
    this.loaded = true;
    void this.fill();
  }

  /** These rows are in view. */
  view(first: number, last: number): void {
    this.wanted = [Math.floor(first / PAGE), Math.floor(last / PAGE)];
    void this.fill();
  }

  private async fill(): Promise<void> {
    const asked = this.asked;
    for (let page = this.wanted[0]; page <= this.wanted[1]; page++) {
      if (this.pages[page] || this.onTheWay.has(page) || page * PAGE >= Math.max(1, this.total)) continue;
      this.onTheWay.add(page);
      const rows = await this.ask(page, asked);
      this.onTheWay.delete(page);
      if (rows) this.pages = { ...this.pages, [page]: rows };
    }
  }

  private async ask(page: number, asked: number): Promise<MatrixRow[] | null> {
    try {
      const view = await host().call("matrix", { query: { ...this.query, offset: page * PAGE, limit: PAGE } });
      if (asked !== this.asked) return null;
      this.total = view.total;
      this.drafts = view.drafts;
      this.environments = view.environments;
      return view.rows;
    } catch (thrown) {
      if (asked === this.asked) toasts.failed(thrown);
      return null;
    }
  }

  /** Reads every environment; one that does not answer is said, and the others are read. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await Promise.all(
      this.environments.map(async ({ id }) => {
        try {
          await host().call("remote_look", { environmentId: id });
        } catch (thrown) {
          toasts.failed(thrown);
        }
      }),
    );
    this.looking = false;
    await this.reload();
  }
}

export const matrix = new Matrix();
