import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { beforeEach, expect, test } from "vitest";
import type { MatrixRow } from "../../bindings/types";
import Matrix from "../../screens/Matrix.svelte";
import { matrix } from "../../state/matrix.svelte";
import { publish } from "../../state/publish.svelte";
import { session } from "../../state/session.svelte";
import { fakeHost } from "../../testing/fakeHost";
import { sampleMatrix } from "../../testing/sampleMatrix";
import { cellActions, missingIn, rowActions } from "./actions";

async function opened(rows = 2_000, columns = 12, more: Parameters<typeof fakeHost>[0] = {}) {
  const sample = sampleMatrix(rows, columns);
  const host = fakeHost({ matrix: ({ query }) => sample(query), publish_plan: () => ({ id: "p", madeAt: 0, fingerprint: "", environments: [], rows: [] }), ...more });
  render(Matrix);
  await screen.findByTestId("matrix");
  await waitFor(() => expect(screen.getAllByTestId("matrix-row").length).toBeGreaterThan(0));
  return host;
}

const grid = () => screen.getByTestId("matrix");
const key = (name: string, more: Partial<KeyboardEventInit> = {}) => fireEvent.keyDown(grid(), { key: name, ...more });
const on = () => grid().getAttribute("aria-activedescendant");

beforeEach(() => {
  Object.assign(matrix, { query: {}, total: 0, drafts: 0, environments: [], loaded: false, pages: {}, looking: false });
  publish.phase = "closed";
});

test("of 2,000 rows only those in view are drawn, and only their pages are asked for", async () => {
  const host = await opened();
  expect(screen.getAllByTestId("matrix-row").length).toBeLessThan(60);
  expect(grid()).toHaveAttribute("aria-rowcount", "2001");
  expect(grid()).toHaveAttribute("aria-colcount", "13");
  expect(host.of("matrix").every(({ query }) => (query.limit ?? 0) <= 100)).toBe(true);
});

test("arrows walk through the cells and stop at the edges", async () => {
  await opened(50, 5);
  expect(on()).toBe("cell-0-0");
  await key("ArrowUp");
  await key("ArrowLeft");
  expect(on()).toBe("cell-0-0");
  await key("ArrowRight");
  await key("ArrowDown");
  expect(on()).toBe("cell-1-1");
  await key("End");
  await key("ArrowRight");
  expect(on()).toBe("cell-1-5");
  await key("Home");
  expect(on()).toBe("cell-1-0");
});

test("a cell offers what fits its state, by keys too", async () => {
  const host = await opened(50, 5);
  await key("ArrowRight");
  await key("Enter");
  await fireEvent.click(await screen.findByTestId("matrix-publish"));
  await waitFor(() => expect(host.of("publish_plan")).toEqual([{ draftIds: ["draft-0"], environmentIds: ["env-0"] }]));
});

function row(part: Partial<MatrixRow>): MatrixRow {
  return { key: "k", draftId: "d", name: "n", type: "TOKEN", state: "matches", missing: 0, cells: [], ...part };
}

test("what differs can be settled, what is missing published, and a set of nobody adopted", () => {
  const environments = sampleMatrix(1, 2)({}).environments;
  const [first] = environments;
  if (!first) throw new Error("the sample has environments");
  const keys = (one: MatrixRow, at = 0) => cellActions(one, at, first).map((action) => action.key);
  expect(keys(row({ cells: [{ state: "drifted", remoteId: "x" }] }))).toEqual(["settle", "publish", "copy", "open"]);
  expect(keys(row({ cells: [{ state: "notTarget", remoteId: null }] }))).toEqual(["publish", "open"]);
  expect(keys(row({ draftId: null, cells: [{ state: "notTarget", remoteId: "x" }] }))).toEqual(["adopt", "copy", "there"]);
  expect(keys(row({ draftId: null, cells: [{ state: "notTarget", remoteId: null }] }))).toEqual([]);
  expect(keys(row({ cells: [] }))).toEqual([]);
  const half = row({ missing: 1, cells: [{ state: "matches", remoteId: "x" }, { state: "notTarget", remoteId: null }] });
  expect(missingIn(half, environments)).toEqual(["env-1"]);
  expect(rowActions(half, environments).map((action) => action.key)).toEqual(["open", "missing", "check"]);
  expect(rowActions(row({ draftId: null }), environments)).toEqual([]);
});

test("a filter asks anew from the top, and an answer that comes late is dropped", async () => {
  const sample = sampleMatrix(2_000, 3);
  let slow: (() => void) | undefined;
  await opened(2_000, 3, {
    matrix: ({ query }) => {
      if (query.text !== "slow") return query.text === "one" ? { ...sample(query), total: 1, rows: sample(query).rows.slice(0, 1) } : sample(query);
      return new Promise((go) => (slow = () => go({ ...sample(query), total: 7 })));
    },
  });
  const late = matrix.filter({ text: "slow" });
  await matrix.filter({ text: "one" });
  slow?.();
  await late;
  expect(matrix.total).toBe(1);
  await waitFor(() => expect(screen.getAllByTestId("matrix-row")).toHaveLength(1));
});

test("checking looks at every environment, and says which could not be read", async () => {
  const host = await opened(10, 3, {
    remote_look: ({ environmentId }) => {
      if (environmentId === "env-1") throw { code: "network", title: "No answer.", detail: "", hint: "", issues: [] };
      return { environmentId, lookedAt: 1, sets: 0, drift: [], unmanaged: [], ignored: [] };
    },
  });
  await fireEvent.click(screen.getByTestId("matrix-look"));
  await waitFor(() => expect(matrix.looking).toBe(false));
  expect(host.of("remote_look")).toHaveLength(3);
});

test("the screen has no finding, with its menu open too", async () => {
  document.documentElement.lang = "en";
  await opened(50, 5);
  session.now = Date.now();
  const findings = async () => (await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } })).violations.map((one) => `${one.id} ${one.nodes[0]?.html}`);
  expect(await findings()).toEqual([]);
  await key("ArrowRight");
  await key("Enter");
  await screen.findByTestId("matrix-publish");
  expect(await findings()).toEqual([]);
});
