import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { DraftQuery, DraftRow as Row, EnvironmentView } from "../../bindings/types";
import { STATES } from "../../messages/words";
import { drafts, PAGE } from "../../state/drafts.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { draftRow } from "../../testing/sampleDraft";
import Pip from "../../ui/Pip.svelte";
import DraftList from "./DraftList.svelte";
import { visible } from "./window";

const counts = { all: 0, trash: 0, byType: {}, byState: {}, expiring: 0 };

function library(total: number, part: (index: number) => Partial<Row> = () => ({})) {
  return ({ query }: { query: DraftQuery }) => {
    const offset = query.offset ?? 0;
    const length = Math.max(0, Math.min(query.limit ?? 100, total - offset));
    return { total, offset, rows: Array.from({ length }, (_, at) => draftRow(offset + at, part(offset + at))), counts };
  };
}

async function opened(total: number, part?: (index: number) => Partial<Row>, answers: Parameters<typeof fakeHost>[0] = {}) {
  const host = fakeHost({ draft_list: library(total, part), draft_delete: ({ ids }) => ids.length, draft_restore: ({ ids }) => ids.length, ...answers });
  render(DraftList);
  await waitFor(() => expect(screen.getAllByTestId("draft-row").length).toBeGreaterThan(0));
  return host;
}

const rows = () => screen.getAllByTestId("draft-row");
const list = () => screen.getByRole("listbox");
const key = (name: string, part: Partial<KeyboardEventInit> = {}) => fireEvent.keyDown(list(), { key: name, ...part });
const offsets = (host: Awaited<ReturnType<typeof opened>>) => host.of("draft_list").map(({ query }) => query.offset);

async function scrollTo(index: number) {
  list().scrollTop = index * 36;
  await fireEvent.scroll(list());
}

beforeEach(() => {
  Object.assign(drafts, { query: {}, pages: {}, selected: {}, current: null, loaded: false, total: 0, deleted: [], wanted: [0, 0] });
  toasts.all = [];
  session.environments = [];
});

describe("a hundred thousand drafts", () => {
  test("draw a handful of rows and ask for one page", async () => {
    const host = await opened(100_000);
    expect(rows().length).toBeLessThan(60);
    expect(offsets(host)).toEqual([0]);
    expect(host.of("draft_list").every(({ query }) => (query.limit ?? Infinity) <= PAGE)).toBe(true);
  });

  test("a page that a fast scroll only passes is never asked for", async () => {
    const host = await opened(100_000);
    vi.useFakeTimers();
    for (const index of [10_000, 30_000, 50_000, 70_050]) {
      await scrollTo(index);
      await vi.advanceTimersByTimeAsync(5);
    }
    await vi.advanceTimersByTimeAsync(50);
    vi.useRealTimers();
    await screen.findByText("name-70050");
    expect(offsets(host)).toEqual([0, 70_000]);
  });

  test("pages far from the view are let go", async () => {
    await opened(100_000);
    await waitFor(() => expect(Object.keys(drafts.pages)).toEqual(["0"]));
    await scrollTo(70_050);
    await screen.findByText("name-70050");
    await waitFor(() => expect(Object.keys(drafts.pages)).toEqual(["700"]));
  });

  test("rows that are not here yet are said to load, and can't be opened", async () => {
    const host = await opened(100_000);
    await scrollTo(50_050);
    const row = rows()[3] as HTMLElement;
    expect(row).toHaveTextContent("Loading");
    const before = drafts.current;
    await fireEvent.click(row);
    expect(drafts.current).toBe(before);
    expect(host.of("draft_get")).toHaveLength(0);
  });

  test("selecting all stops at what one plan can be read for, and says so", async () => {
    await opened(100_000);
    await fireEvent.click(screen.getByTestId("select-all"));
    await waitFor(() => expect(drafts.selectedIds).toHaveLength(2000));
    expect(toasts.all[0]?.title).toMatch(/2,000 are selected/);
  });
});

test.each([
  [0, 600, 100_000, 0, 25],
  [3_599_400, 600, 100_000, 99_975, 99_999],
  [0, 0, 0, 0, 0],
  [0, 600, 3, 0, 2],
])("scrolled to %d with %d px, of %d rows the view is %d to %d", (top, height, total, first, last) => {
  expect(visible(top, height, 36, total)).toMatchObject({ first, last });
});

test("an empty list draws no row", () => {
  expect(visible(0, 600, 36, 0).indices).toEqual([]);
});

test("an answer to an earlier filter is not shown", async () => {
  const waiting: (() => void)[] = [];
  fakeHost({
    draft_list: ({ query }) =>
      query.text === "slow" ? new Promise((go) => waiting.push(() => go({ total: 1, offset: 0, rows: [draftRow(1, { name: "of-the-slow" })], counts }))) : { total: 1, offset: 0, rows: [draftRow(2, { name: "of-the-fast" })], counts },
  });
  const slow = drafts.filter({ text: "slow" });
  await drafts.filter({ text: "fast" });
  waiting[0]?.();
  await slow;
  expect(drafts.row(0)?.name).toBe("of-the-fast");
  expect(drafts.total).toBe(1);
});

test("a word typed letter by letter is searched once", async () => {
  const host = await opened(300);
  for (const text of ["p", "pa", "pay"]) await fireEvent.input(screen.getByTestId("filter"), { target: { value: text } });
  await waitFor(() => expect(host.of("draft_list").map(({ query }) => query.text)).toEqual([undefined, "pay"]));
});

test("another list does not keep a selection that can't be seen", async () => {
  await opened(10);
  drafts.select("draft-1", true);
  await drafts.show({ typeName: "TOKEN" });
  expect(drafts.selectedIds).toEqual([]);
});

test("another list is not searched for words of the last one, and the field says so", async () => {
  await opened(10);
  await fireEvent.input(screen.getByTestId("filter"), { target: { value: "pay" } });
  await waitFor(() => expect(drafts.query.text).toBe("pay"));
  await drafts.show({ typeName: "TOKEN" });
  expect(drafts.query.text).toBeUndefined();
  await waitFor(() => expect(screen.getByTestId("filter")).toHaveValue(""));
});

test("a list that can't be read says why and keeps what it shows", async () => {
  const host = await opened(10);
  fakeHost({
    draft_list: () => {
      throw problem("storage", "The vault could not be read.");
    },
  });
  await drafts.reload();
  expect(toasts.all[0]?.title).toBe("The vault could not be read.");
  expect(rows()).toHaveLength(9);
  expect(host.of("draft_list")).toHaveLength(1);
});

describe("the keyboard", () => {
  test("arrows move and stop at both ends", async () => {
    await opened(3);
    await key("ArrowUp");
    expect(drafts.current).toBe("draft-0");
    for (let turn = 0; turn < 5; turn++) await key("ArrowDown");
    expect(drafts.current).toBe("draft-2");
    expect(list()).toHaveAttribute("aria-activedescendant", "draft-2");
  });

  test("Space selects and does not open, Shift extends, Escape lets go", async () => {
    await opened(5);
    await key(" ");
    expect(drafts.selectedIds).toEqual(["draft-0"]);
    await key("ArrowDown", { shiftKey: true });
    await key("ArrowDown", { shiftKey: true });
    expect(drafts.selectedIds).toEqual(["draft-0", "draft-1", "draft-2"]);
    await key("Escape");
    expect(drafts.selectedIds).toEqual([]);
  });

  test("Delete takes the selection, not the row under the cursor as well", async () => {
    const host = await opened(5);
    drafts.select("draft-3", true);
    await key("Delete");
    expect(host.of("draft_delete")).toEqual([{ ids: ["draft-3"] }]);
  });

  test("Delete in the trash deletes nothing", async () => {
    const host = await opened(5);
    await drafts.show({ trash: true });
    await key("Delete");
    expect(host.of("draft_delete")).toHaveLength(0);
  });
});

test("a delete can be undone by what it shows, and shows the draft that takes the place", async () => {
  const host = await opened(5);
  drafts.current = "draft-0";
  await drafts.remove(["draft-0"]);
  expect(toasts.all[0]?.action?.label).toBe("Undo");
  toasts.all[0]?.action?.run();
  await waitFor(() => expect(host.of("draft_restore")).toEqual([{ ids: ["draft-0"] }]));
});

test("the draft that takes the place is shown also when the vault's own news of the delete asks at the same time", async () => {
  let gone = 0;
  const host = await opened(3, undefined, {
    // Slow enough for the news to overtake it.
    draft_list: async ({ query }) => {
      await new Promise((answer) => setTimeout(answer, 20));
      return library(3 - gone, (index) => ({ id: `draft-${index + gone}` }))({ query });
    },
    draft_delete: ({ ids }) => {
      gone = 1;
      setTimeout(() => void drafts.reload(), 5);
      return ids.length;
    },
  });
  drafts.current = "draft-0";
  await drafts.remove(["draft-0"]);
  expect(host.of("draft_list").length).toBeGreaterThan(2);
  expect(drafts.current).toBe("draft-1");
});

test("a delete that fails leaves the list, the selection and no undo", async () => {
  await opened(5, undefined, {
    draft_delete: () => {
      throw problem("vaultBusy", "Nothing was deleted.");
    },
  });
  drafts.select("draft-3", true);
  await drafts.remove(["draft-3"]);
  expect(drafts.selectedIds).toEqual(["draft-3"]);
  expect(drafts.deleted).toEqual([]);
  expect(toasts.all[0]?.title).toBe("Nothing was deleted.");
});

describe("state", () => {
  const environment = (id: string, name: string) => ({ id, name, colour: "red", protected: false }) as EnvironmentView;

  test("a row reads out its states in words, and none where it does not go", async () => {
    session.environments = [environment("e1", "prod-eu"), environment("e2", "staging"), environment("e3", "edge-lab")];
    await opened(1, () => ({ pips: [{ environmentId: "e1", state: "modified" }, { environmentId: "e2", state: "matches" }, { environmentId: "e3", state: "notTarget" }] }));
    const row = screen.getByRole("option");
    expect(row).toHaveAccessibleName(/name-0.*prod-eu modified, staging matches/);
    expect(row).not.toHaveAccessibleName(/edge-lab/);
  });

  test("no state is called in sync", () => {
    for (const { word } of Object.values(STATES)) expect(word).not.toMatch(/sync/i);
  });

  test("an adopted set that needs its secret does not look or read like one that matches", () => {
    expect(STATES.needsSecret.pip).not.toBe(STATES.matches.pip);
    expect(STATES.needsSecret.word).not.toMatch(/match/i);
  });

  test("every state has a shape of its own, so that colour is never all there is", () => {
    const shapes = Object.values(STATES).map(({ pip }) => pip);
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  test("a pip has a name", () => {
    render(Pip, { state: "drifted" });
    expect(screen.getByRole("img", { name: "Drifted" })).toBeInTheDocument();
  });
});

test("timers of a list that is gone ask for nothing", async () => {
  const host = await opened(300);
  vi.useFakeTimers();
  await vi.advanceTimersByTimeAsync(5_000);
  vi.useRealTimers();
  expect(host.of("draft_list")).toHaveLength(1);
});
