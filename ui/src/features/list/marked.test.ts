import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DraftList as Answer, DraftRow } from "../../bindings/types";
import { drafts, PAGE } from "../../state/drafts.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import DraftList from "./DraftList.svelte";

// jsdom measures nothing: the list keeps the height it starts with.
class NoMeasure implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal("ResizeObserver", NoMeasure);

const COUNTS = { all: 0, trash: 0, byType: {}, byState: {}, expiring: 0 };

function row(at: number): DraftRow {
  return { id: `d${at}`, name: `draft-${at}`, typeName: "TOKEN", summary: "", revision: 1, updatedAt: 0, deletedAt: null, state: "unpublished", pips: [], expiring: false };
}

/** A vault of drafts in an order a test can change; answers only the window it is asked for. */
function vault(number: number, wait: () => Promise<void> = async () => undefined) {
  const order = Array.from({ length: number }, (_, at) => at);
  const host = fakeHost({
    draft_list: async ({ query }): Promise<Answer> => {
      await wait();
      const offset = query.offset ?? 0;
      return { total: order.length, offset, rows: order.slice(offset, offset + (query.limit ?? PAGE)).map(row), counts: { ...COUNTS, all: order.length } };
    },
    draft_delete: ({ ids }) => {
      for (const id of ids) order.splice(order.indexOf(Number(id.slice(1))), 1);
      return ids.length;
    },
    draft_restore: ({ ids }) => ids.length,
    draft_duplicate: () => {
      throw problem("diskFull", "Not duplicated: the disk is full.");
    },
  });
  return { ...host, order };
}

async function shown(): Promise<HTMLElement> {
  render(DraftList);
  await screen.findByText("draft-0");
  return screen.getByRole("listbox");
}

function rowNamed(name: string): HTMLElement {
  const found = screen.getByText(name, { selector: "b" }).closest<HTMLElement>("[role=option]");
  if (!found) throw new Error(`${name} stands in no option`);
  return found;
}

beforeEach(() => {
  Object.assign(drafts, { query: {}, total: 0, pages: {}, selected: {}, current: null, loaded: false });
  Object.assign(session, { environments: [], screen: "drafts", palette: false, newDraft: false });
  toasts.all = [];
});

describe("Delete", () => {
  it("never deletes another draft than the one that is marked, after the order changed", async () => {
    const host = vault(20);
    const list = await shown();
    await fireEvent.click(rowNamed("draft-3"));
    // A save puts the draft first; what stood above it moves down.
    host.order.splice(0, 20, 3, ...host.order.filter((at) => at !== 3));
    await drafts.reload();
    await fireEvent.keyDown(list, { key: "Delete" });
    await waitFor(() => expect(host.of("draft_delete")).toEqual([{ ids: ["d3"] }]));
  });

  it("deletes the draft another part of the window chose, not the row the arrows were on", async () => {
    const host = vault(20);
    const list = await shown();
    await fireEvent.click(rowNamed("draft-1"));
    drafts.current = "d7";
    await fireEvent.keyDown(list, { key: "Delete" });
    await waitFor(() => expect(host.of("draft_delete")).toEqual([{ ids: ["d7"] }]));
  });

  it("deletes nothing that is not in view of the list", async () => {
    const host = vault(20);
    const list = await shown();
    drafts.current = "elsewhere";
    await fireEvent.keyDown(list, { key: "Delete" });
    expect(host.of("draft_delete")).toEqual([]);
  });

  it("does nothing in the trash", async () => {
    const host = vault(20);
    drafts.query = { trash: true };
    const list = await shown();
    await fireEvent.click(rowNamed("draft-2"));
    await fireEvent.keyDown(list, { key: "Delete" });
    expect(host.of("draft_delete")).toEqual([]);
  });
});

describe("the selection", () => {
  it("shrinks again when Shift moves back", async () => {
    vault(20);
    const list = await shown();
    await fireEvent.click(rowNamed("draft-2"));
    for (const key of ["ArrowDown", "ArrowDown", "ArrowUp"]) await fireEvent.keyDown(list, { key, shiftKey: true });
    await waitFor(() => expect(drafts.selectedIds.sort()).toEqual(["d2", "d3"]));
  });

  it("leaves no gap where rows between were never shown", async () => {
    vault(450);
    const list = await shown();
    await fireEvent.click(rowNamed("draft-0"));
    await fireEvent.keyDown(list, { key: "End", shiftKey: true });
    await waitFor(() => expect(drafts.selectedIds).toHaveLength(450));
  });

  it("says so when it ends before the list does", async () => {
    vault(100_000);
    const list = await shown();
    await fireEvent.keyDown(list, { key: "a", ctrlKey: true });
    await waitFor(() => expect(drafts.selectedIds).toHaveLength(2000));
    expect(toasts.all.map(({ title }) => title)).toEqual(["2,000 are selected, the most at once"]);
  });

  it("is not claimed for a row that is only open", async () => {
    vault(20);
    await shown();
    await fireEvent.click(rowNamed("draft-5"));
    await fireEvent.click(rowNamed("draft-4"), { ctrlKey: true });
    await fireEvent.click(rowNamed("draft-4"), { ctrlKey: true });
    await fireEvent.click(rowNamed("draft-5"), { ctrlKey: true });
    await fireEvent.click(rowNamed("draft-6"));
    expect(rowNamed("draft-6")).toHaveAttribute("aria-selected", "false");
    expect(rowNamed("draft-5")).toHaveAttribute("aria-selected", "true");
  });

  it("stays when a duplicate fails, and the failure is told", async () => {
    vault(20);
    await shown();
    await fireEvent.click(rowNamed("draft-1"), { ctrlKey: true });
    await fireEvent.click(screen.getByRole("button", { name: "Duplicate" }));
    await waitFor(() => expect(toasts.all.map(({ title }) => title)).toEqual(["Not duplicated: the disk is full."]));
    expect(drafts.selectedIds).toEqual(["d1"]);
  });
});

it("a selection that was cleared does not come back with a late answer", async () => {
  const gates: (() => void)[] = [];
  let slow = false;
  vault(450, () => (slow ? new Promise<void>((go) => gates.push(go)) : Promise.resolve()));
  const list = await shown();
  slow = true;
  await fireEvent.keyDown(list, { key: "a", ctrlKey: true });
  drafts.clearSelection();
  for (let turn = 0; turn < 5; turn++) {
    gates.splice(0).forEach((go) => go());
    await new Promise((go) => setTimeout(go, 10));
  }
  expect(drafts.selectedIds).toEqual([]);
});

describe("the filter", () => {
  it("does not come back after another list was chosen while it waited", async () => {
    vault(20);
    await shown();
    await fireEvent.input(screen.getByLabelText("Filter drafts"), { target: { value: "pay" } });
    await drafts.filter({ typeName: "TOKEN" });
    await new Promise((go) => setTimeout(go, 80));
    expect(drafts.query).toEqual({ typeName: "TOKEN" });
  });

});

describe("a row whose page is not here yet", () => {
  it("is opened when it comes, after End", async () => {
    vault(450);
    const list = await shown();
    await fireEvent.keyDown(list, { key: "End" });
    // jsdom scrolls without telling anyone.
    await fireEvent.scroll(list);
    await waitFor(() => expect(drafts.current).toBe("d449"));
  });

  it("is not opened any more when another list was chosen meanwhile", async () => {
    vault(450);
    const list = await shown();
    await fireEvent.keyDown(list, { key: "End" });
    await drafts.filter({ typeName: "TOKEN" });
    list.scrollTop = 449 * 36;
    await fireEvent.scroll(list);
    await waitFor(() => expect(drafts.row(449)).toBeDefined());
    expect(drafts.current).toBe("d0");
  });
});
