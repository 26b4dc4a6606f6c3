import type { MatrixEnvironment, MatrixQuery, MatrixRow, MatrixView } from "../bindings/types";
import { host } from "../host";
import { Paged } from "./paged.svelte";
import { toasts } from "./toasts.svelte";

/** The matrix: drafts and sets that no draft is linked to. */
class Matrix extends Paged<MatrixRow> {
  query = $state<MatrixQuery>({});
  drafts = $state(0);
  environments = $state.raw<MatrixEnvironment[]>([]);
  /** Environments are being looked at. */
  looking = $state(false);

  /** Shows other rows. */
  async filter(query: MatrixQuery): Promise<void> {
    this.query = query;
    await this.restart();
  }

  protected ask(offset: number, limit: number): Promise<MatrixView> {
    return host().call("matrix", { query: { ...this.query, offset, limit } });
  }

  protected took({ drafts, environments }: MatrixView): void {
    this.drafts = drafts;
    this.environments = environments;
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
