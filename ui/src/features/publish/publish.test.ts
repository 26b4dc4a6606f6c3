import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { beforeEach, describe, expect, test } from "vitest";
import type { PlanRow, PlanView, RunItem, RunMoved, RunView } from "../../bindings/types";
import { publish } from "../../state/publish.svelte";
import { session } from "../../state/session.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import PublishSheet from "./PublishSheet.svelte";

function row(key: string, part: Partial<PlanRow> = {}): PlanRow {
  const [draftId = "", environmentId = ""] = key.split(":");
  return {
    key, draftId, draftName: `draft-${draftId}`, typeName: "TOKEN", revision: 1, environmentId, action: "update", remoteId: null, request: "PUT …",
    summary: "Token", changes: [], unchanged: [], reasons: [], warnings: [], ownerChange: null, usage: [],
    monitors: [], adoptable: [], conflict: [], standing: [], fingerprint: "", ...part,
  };
}

function plan(rows: PlanRow[]): PlanView {
  return {
    id: "plan-1", madeAt: Date.now(), fingerprint: "f", rows,
    environments: [
      { id: "prod", name: "prod-eu", colour: "red", protected: true, tokenOwner: "alice", problem: null },
      { id: "test", name: "staging", colour: "amber", protected: false, tokenOwner: "alice", problem: null },
    ],
  };
}

function item(key: string, part: Partial<RunItem> = {}): RunItem {
  const [draftId = "", environmentId = ""] = key.split(":");
  return {
    key, draftId, draftName: `draft-${draftId}`, typeName: "TOKEN", environmentId, environment: environmentId, action: "update", state: "queued",
    remoteId: null, owner: null, attemptId: null, message: "", serverMessage: null, violations: [], hint: null, retryAt: null, tookMs: null, ...part,
  };
}

function run(items: RunItem[], part: Partial<RunView> = {}): RunView {
  return { id: "run-1", startedAt: 0, finishedAt: null, cancelling: false, version: 0, items, ...part };
}

/** What an event tells of a run: every row of it, after what the window knows. */
function moved(now: RunView, after = 0): RunMoved {
  const count = (...states: string[]) => now.items.filter((one) => states.includes(one.state)).length;
  return {
    id: now.id, after, version: now.version + 1, finishedAt: now.finishedAt, cancelling: now.cancelling,
    counts: { total: now.items.length, open: 0, waiting: 0, done: count("done"), failed: count("failed", "unclear") },
    items: now.items.map((one, place) => ({ place, item: one })),
  };
}

async function opened(rows: PlanRow[], started: RunView = run([]), more: Parameters<typeof fakeHost>[0] = {}) {
  const host = fakeHost({ publish_plan: () => plan(rows), publish_start: () => started, publish_moved: () => null, publish_cancel: () => null, text_copy: () => null, ...more });
  await session.start();
  render(PublishSheet);
  await publish.open(["a"], ["prod", "test"]);
  await screen.findByTestId("plan-sheet");
  return host;
}

const apply = () => screen.getByTestId<HTMLButtonElement>("apply-plan");
const press = (keys: Partial<KeyboardEventInit>) => fireEvent.keyDown(document.body, keys);

beforeEach(() => {
  publish.phase = "closed";
  publish.hidden = false;
  publish.run = null;
  publish.plan = null;
  publish.problem = null;
});

describe("the plan", () => {
  test.each(["blocked", "noChange"] as const)("a row that is %s has nothing to check", async (action) => {
    await opened([row("a:test", { action, reasons: action === "blocked" ? ["No answer"] : [] })]);
    expect(screen.queryAllByRole("checkbox")).toHaveLength(0);
    expect(apply()).toBeDisabled();
  });

  test("a blocked row can't be chosen even by the state behind it", async () => {
    const blocked = row("a:test", { action: "blocked" });
    const host = await opened([blocked]);
    publish.choose(blocked, true);
    expect(publish.applying).toHaveLength(0);
    await press({ key: "Enter", ctrlKey: true });
    expect(host.of("publish_start")).toHaveLength(0);
  });

  test("without the consent of its own, a row that changes the owner is not published", async () => {
    const host = await opened([row("a:test", { ownerChange: { from: "alice", to: "bob" } }), row("b:test")]);
    expect(apply()).toHaveTextContent("Apply 1 change");
    await fireEvent.click(apply());
    expect(host.of("publish_start")).toEqual([{ start: { planId: "plan-1", rows: ["b:test"], ownerChanges: [], confirmedNames: [] } }]);
  });

  test("with its consent the owner change is named to the other side", async () => {
    const host = await opened([row("a:test", { ownerChange: { from: "alice", to: "bob" } })]);
    expect(apply()).toBeDisabled();
    expect(screen.getByTestId("owner-change")).toHaveTextContent("alice → bob");
    await fireEvent.click(screen.getByTestId("owner-consent"));
    await fireEvent.click(apply());
    expect(host.of("publish_start")[0]?.start.ownerChanges).toEqual(["a:test"]);
  });

  test("a consent that is taken back does not count", async () => {
    await opened([row("a:test", { ownerChange: { from: "alice", to: "bob" } })]);
    await fireEvent.click(screen.getByTestId("owner-consent"));
    await fireEvent.click(screen.getByTestId("owner-consent"));
    expect(apply()).toBeDisabled();
  });

  test.each(["", "prod", "Prod-eu", "prod-eu ", "staging"])("apply stays disabled while %j is typed for prod-eu", async (typed) => {
    const host = await opened([row("a:prod")]);
    await fireEvent.input(screen.getByTestId("confirm-name"), { target: { value: typed } });
    expect(apply()).toBeDisabled();
    await press({ key: "Enter", ctrlKey: true });
    expect(host.of("publish_start")).toHaveLength(0);
  });

  test("a protected name typed exactly opens the way, once for all its rows", async () => {
    const host = await opened([row("a:prod"), row("b:prod")]);
    expect(screen.getAllByTestId("confirm-name")).toHaveLength(1);
    await fireEvent.input(screen.getByTestId("confirm-name"), { target: { value: "prod-eu" } });
    await press({ key: "Enter", ctrlKey: true });
    await waitFor(() => expect(host.of("publish_start")[0]?.start.confirmedNames).toEqual(["prod-eu"]));
  });

  test("a new plan forgets names and consents", async () => {
    await opened([row("a:prod")]);
    await fireEvent.input(screen.getByTestId("confirm-name"), { target: { value: "prod-eu" } });
    await fireEvent.click(screen.getByTestId("check-again"));
    await waitFor(() => expect(screen.getByTestId("confirm-name")).toHaveValue(""));
    expect(apply()).toBeDisabled();
  });

  test("a secret is only said to have changed", async () => {
    await opened([row("a:test", { changes: [{ path: "token", label: "Token", secret: true, before: [], after: [] }] })]);
    const change = screen.getByTestId("change");
    expect(change).toHaveTextContent("Changed");
    expect(change).toHaveTextContent("Values are never shown");
  });

  test("values a faulty answer holds for a secret are not shown", async () => {
    await opened([row("a:test", { changes: [{ path: "token", label: "Token", secret: true, before: ["leak-1"], after: ["leak-2"] }] })]);
    expect(document.body.innerHTML).not.toContain("leak-");
  });

  test("a plan that moved says so and starts nothing", async () => {
    fakeHost({
      publish_plan: () => plan([row("a:test")]),
      publish_start: () => {
        throw problem("planMoved", "staging changed since the plan was made.");
      },
    });
    render(PublishSheet);
    await publish.open(["a"], ["test"]);
    await fireEvent.click(apply());
    expect(await screen.findByTestId("problem")).toHaveTextContent("staging changed since the plan was made.");
    expect(publish.phase).toBe("plan");
  });
});

describe("the run", () => {
  test("cancel asks the other side, and the sheet stays until it has ended", async () => {
    const host = await opened([row("a:test")], run([item("a:test", { state: "sending" })]));
    await fireEvent.click(apply());
    await fireEvent.click(await screen.findByTestId("cancel-run"));
    expect(host.of("publish_cancel")).toHaveLength(1);
    expect(screen.getByTestId("run-sheet")).toBeInTheDocument();
  });

  test("hiding does not cancel", async () => {
    const host = await opened([row("a:test")], run([item("a:test", { state: "sending" })]));
    await fireEvent.click(apply());
    await fireEvent.click(await screen.findByTestId("hide-run"));
    expect(screen.queryByTestId("run-sheet")).toBeNull();
    expect(host.of("publish_cancel")).toHaveLength(0);
    expect(publish.phase).toBe("running");
  });

  test("an event of another run changes nothing", async () => {
    const host = await opened([row("a:test")], run([item("a:test", { state: "sending" })]));
    await fireEvent.click(apply());
    host.send({ event: "runMoved", moved: moved(run([item("a:test", { state: "failed" })], { id: "run-0", finishedAt: 1 })) });
    expect((await screen.findByTestId("run-item")).dataset.state).toBe("sending");
  });

  test("an event moves the rows it names and leaves the others", async () => {
    const items = [item("a:test", { state: "sending" }), item("b:test")];
    const host = await opened([row("a:test"), row("b:test")], run(items));
    await fireEvent.click(apply());
    await screen.findAllByTestId("run-item");
    host.send({ event: "runMoved", moved: { ...moved(run([])), items: [{ place: 1, item: item("b:test", { state: "waiting" }) }] } });
    await waitFor(() => expect(screen.getAllByTestId("run-item").map((one) => one.dataset.state)).toEqual(["sending", "waiting"]));
  });

  test("whoever missed an event asks for what is new since, and merges no half of it", async () => {
    const answered = run([item("a:test", { state: "failed" })], { finishedAt: 9 });
    const host = await opened([row("a:test")], run([item("a:test", { state: "sending" })]), { publish_moved: () => ({ ...moved(answered), version: 7 }) });
    await fireEvent.click(apply());
    await screen.findByTestId("run-item");
    host.send({ event: "runMoved", moved: { ...moved(run([]), 5), version: 7 } });
    await screen.findByTestId("report-sheet");
    expect(host.of("publish_moved")[0]).toEqual({ id: "run-1", after: 0 });
    expect(screen.getByTestId("report-row").dataset.state).toBe("failed");
  });

  test("of five thousand rows only those in view are drawn", async () => {
    const keys = Array.from({ length: 5_000 }, (_, at) => `d${at}:test`);
    await opened(keys.map((key) => row(key)), run(keys.map((key) => item(key))));
    expect(screen.getAllByTestId("plan-row").length).toBeLessThan(60);
    expect(apply()).toHaveTextContent("5,000");
    await fireEvent.click(apply());
    expect((await screen.findAllByTestId("run-item")).length).toBeLessThan(60);
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuemax", "5000");
  });
});

describe("the report", () => {
  async function reported(items: RunItem[]) {
    const host = await opened(items.map((one) => row(one.key)).filter((one) => one.environmentId === "test"), run(items));
    await fireEvent.click(apply());
    host.send({ event: "runMoved", moved: moved(run(items, { finishedAt: 2000 })) });
    await screen.findByTestId("report-sheet");
    return host;
  }

  test("failures come first, and the server's words stand apart from ours", async () => {
    await reported([
      item("a:test", { state: "done", remoteId: "CREDENTIALS_VAULT-1", owner: "alice" }),
      item("b:test", { state: "failed", message: "Not updated.", serverMessage: "belongs to another user", hint: "Use another token." }),
    ]);
    expect(screen.getAllByTestId("report-row").map((one) => one.dataset.state)).toEqual(["failed", "done"]);
    expect(screen.getByTestId("server-message")).toHaveTextContent("“belongs to another user”");
    expect(screen.getByTestId("remote-id")).toHaveTextContent("CREDENTIALS_VAULT-1");
    expect(screen.getByTestId("owner")).toHaveTextContent("alice");
  });

  test("what is unclear is explained and offers no retry", async () => {
    await reported([item("a:test", { state: "unclear", message: "No answer came." })]);
    expect(screen.queryByTestId("retry-failed")).toBeNull();
    const note = screen.getByTestId("run-problem");
    expect(note).toHaveTextContent("may or may not");
    expect(within(note).queryByText(/retry/i)).toBeNull();
  });

  test("a retry plans the failures only, even where the environments hold more", async () => {
    const host = await reported([
      item("a:test", { state: "failed" }),
      item("b:test", { state: "unclear" }),
      item("c:test", { state: "done" }),
    ]);
    await fireEvent.click(screen.getByTestId("retry-failed"));
    await screen.findByTestId("plan-sheet");
    expect(host.of("publish_plan").at(-1)).toEqual({ draftIds: ["a"], environmentIds: ["test"] });
    await waitFor(() => expect(screen.getAllByTestId("plan-row").map((one) => one.dataset.key)).toEqual(["a:test"]));
  });
});

const field = { path: "description", label: "Description", published: ["old"], theirs: ["theirs"], mine: ["ours"] };
const found = (id: string, owner: string) => ({ id, owner, description: "", scopes: [], usage: [] });

describe("a conflict", () => {
  test("is left out until a person says whose state stays", async () => {
    const host = await opened([row("a:test", { action: "conflict", conflict: [field] }), row("b:test")]);
    expect(screen.getByTestId("conflict")).toHaveTextContent("Changed there since it was published: Description.");
    await fireEvent.click(apply());
    await waitFor(() => expect(host.of("publish_start")[0]?.start.rows).toEqual(["b:test"]));
    expect(host.of("publish_start")[0]?.start).not.toHaveProperty("keepMine");
  });

  test("shows both states side by side", async () => {
    await opened([row("a:test", { action: "conflict", conflict: [field] })]);
    expect(screen.getByTestId("conflict-field")).toHaveTextContent("there");
    for (const text of ["theirs", "ours"]) expect(screen.getByTestId("conflict-field")).toHaveTextContent(text);
    expect(apply()).toBeDisabled();
  });

  test("keeping mine is sent as that, and can be taken back", async () => {
    const host = await opened([row("a:test", { action: "conflict", conflict: [field] })]);
    await fireEvent.click(screen.getByTestId("keep-mine"));
    await fireEvent.click(screen.getByTestId("keep-mine"));
    expect(apply()).toBeDisabled();
    await fireEvent.click(screen.getByTestId("keep-mine"));
    await fireEvent.click(apply());
    await waitFor(() => expect(host.of("publish_start")[0]?.start).toMatchObject({ rows: ["a:test"], keepMine: ["a:test"] }));
  });

  test("taking theirs changes the draft, sends nothing, and plans anew", async () => {
    const host = fakeHost({ publish_plan: () => plan([row("a:test", { action: "conflict", conflict: [field] })]), publish_take_theirs: () => ({}) as never });
    render(PublishSheet);
    await publish.open(["a"], ["test"]);
    await fireEvent.click(await screen.findByTestId("take-theirs"));
    await waitFor(() => expect(host.of("publish_plan")).toHaveLength(2));
    expect(host.of("publish_take_theirs")).toEqual([{ planId: "plan-1", row: "a:test" }]);
    expect(host.of("publish_start")).toHaveLength(0);
  });
});

describe("a set of the same name that is there already", () => {
  test("is taken over only when it is chosen", async () => {
    const host = await opened([row("a:test", { action: "create", adoptable: [found("CV-1", "alice")] })]);
    await fireEvent.change(screen.getByTestId("adopt-choice"), { target: { value: "CV-1" } });
    await fireEvent.change(screen.getByTestId("adopt-choice"), { target: { value: "" } });
    await fireEvent.click(apply());
    await waitFor(() => expect(host.of("publish_start")).toHaveLength(1));
    expect(host.of("publish_start")[0]?.start).not.toHaveProperty("adopt");
  });

  test("of another owner says that it changes hands before it is agreed to", async () => {
    const host = await opened([row("a:test", { action: "create", adoptable: [found("CV-1", "bob")] })]);
    expect(screen.getByTestId("adoptable")).not.toHaveTextContent("owner changes");
    await fireEvent.change(screen.getByTestId("adopt-choice"), { target: { value: "CV-1" } });
    expect(screen.getByTestId("adoptable")).toHaveTextContent("Its owner changes: bob → alice");
    await fireEvent.click(apply());
    await waitFor(() => expect(host.of("publish_start")[0]?.start).toMatchObject({ adopt: [{ row: "a:test", remoteId: "CV-1" }], ownerChanges: ["a:test"] }));
  });
});

test("unpublishing says that sets are deleted there and drafts stay, and asks for the names of protected environments", async () => {
  fakeHost({ unpublish_plan: () => plan([row("a:prod", { action: "delete" })]) });
  render(PublishSheet);
  await publish.openUnpublish(["a"], ["prod"]);
  expect(await screen.findByTestId("unpublish-note")).toHaveTextContent("The drafts stay here");
  expect(apply()).toHaveTextContent("Delete 1 set");
  expect(apply()).toBeDisabled();
  publish.typed.prod = "prod-eu";
  await waitFor(() => expect(apply()).toBeEnabled());
});

test("a run that was cut off is planned again as the engine says, not from what this window remembers", async () => {
  const host = fakeHost({ publish_resume: () => plan([row("a:test")]) });
  await publish.resume();
  expect(host.calls.map(({ name }) => name)).toEqual(["publish_resume"]);
  expect(publish.applying).toHaveLength(1);
});
