import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";
import type { ReconcileItem } from "../../bindings/types";
import Banners from "../shell/Banners.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { unresolved } from "../../state/unresolved.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import ReconcileSheet from "./ReconcileSheet.svelte";

const item = (part: Partial<ReconcileItem> = {}): ReconcileItem => ({
  attemptId: "at-1", draftId: "d", draftName: "shop", environmentId: "e", environment: "prod-eu", action: "create", startedAt: 0, outcome: "ask", remoteId: null,
  candidates: ["CV-1", "CV-2"].map((id) => ({ id, owner: "alice", description: "", scopes: [], usage: [] })), message: "Two sets may be it.", hint: "Choose one.", ...part,
});

beforeEach(() => {
  Object.assign(unresolved, { count: 0, unfinished: null, found: null, looking: false });
  session.environments = [];
  toasts.all = [];
});

test("nothing unresolved, no banner", () => {
  fakeHost({});
  render(Banners);
  expect(screen.queryByTestId("banner-unresolved")).toBeNull();
  expect(screen.queryByTestId("banner-unfinished")).toBeNull();
});

test("requests without a known outcome are named, and finding out shows what was found", async () => {
  const host = fakeHost({ reconcile: () => ({ at: 0, items: [item({ outcome: "adopted", message: "It had arrived." })] }), unresolved_count: () => 0, publish_unfinished: () => null });
  unresolved.count = 2;
  render(Banners);
  expect(screen.getByTestId("banner-unresolved")).toHaveTextContent("2 requests without a known outcome. Nothing is repeated until it is known whether it arrived.");
  await fireEvent.click(screen.getByTestId("find-out"));
  await waitFor(() => expect(unresolved.found?.items).toHaveLength(1));
  expect(host.of("reconcile")).toEqual([{ choices: [] }]);
  expect(unresolved.count).toBe(0);
});

test("after a start what was left open is found out unasked, and said without a sheet in the way", async () => {
  const answer = { at: 0, items: [item({ outcome: "adopted", message: "It had arrived." }), item({ attemptId: "at-2" })] };
  let open = 2;
  const host = fakeHost({ reconcile: () => ((open = 1), answer), unresolved_count: () => open, publish_unfinished: () => null });
  await unresolved.settle();
  expect(host.of("reconcile")).toEqual([{ choices: [] }]);
  expect([unresolved.found, unresolved.count]).toEqual([null, 1]);
  expect(toasts.all.map((one) => one.title)).toEqual(["Found out what became of 1 request"]);
  toasts.all[0]?.action?.run();
  expect(unresolved.found).toEqual(answer);
});

test("a start with nothing open asks no environment, and one that can't be reached says nothing", async () => {
  const calm = fakeHost({ unresolved_count: () => 0, publish_unfinished: () => null });
  await unresolved.settle();
  expect(calm.of("reconcile")).toHaveLength(0);
  fakeHost({ reconcile: () => { throw problem("network", "No connection."); }, unresolved_count: () => 3, publish_unfinished: () => null });
  await unresolved.settle();
  expect([unresolved.count, unresolved.looking, toasts.all.length]).toEqual([3, false, 0]);
});

test("several sets are asked about, and only what a person chose is sent", async () => {
  const host = fakeHost({ reconcile: () => ({ at: 0, items: [] }), unresolved_count: () => 0, publish_unfinished: () => null });
  unresolved.found = { at: 0, items: [item()] };
  render(ReconcileSheet);
  expect(screen.getByTestId("reconcile-done")).toHaveFocus();
  expect(host.of("reconcile")).toHaveLength(0);
  await fireEvent.click(screen.getByLabelText("It is this one: CV-2"));
  await waitFor(() => expect(host.of("reconcile")).toEqual([{ choices: [{ attemptId: "at-1", remoteId: "CV-2" }] }]));
});

test("none of them is an answer of its own", async () => {
  const host = fakeHost({ reconcile: () => ({ at: 0, items: [] }), unresolved_count: () => 0, publish_unfinished: () => null });
  unresolved.found = { at: 0, items: [item()] };
  render(ReconcileSheet);
  await fireEvent.click(screen.getByTestId("reconcile-none"));
  await waitFor(() => expect(host.of("reconcile")).toEqual([{ choices: [{ attemptId: "at-1", remoteId: null }] }]));
});

test("a look that fails says why and leaves the banner", async () => {
  fakeHost({
    reconcile: () => {
      throw problem("network", "No connection.");
    },
  });
  unresolved.count = 1;
  render(Banners);
  await fireEvent.click(screen.getByTestId("find-out"));
  await waitFor(() => expect(toasts.all.map(({ title }) => title)).toEqual(["No connection."]));
  expect(screen.getByTestId("banner-unresolved")).toHaveTextContent("1 request without");
});

test("a publish that was cut off says how far it came", () => {
  fakeHost({});
  unresolved.unfinished = { startedAt: 0, total: 14, done: 9, failed: 1, unresolved: 3, notStarted: 1 };
  render(Banners);
  expect(screen.getByTestId("banner-unfinished")).toHaveTextContent("A publish was cut off: 9 of 14 done. 3 rows unresolved, 1 row not started");
});
