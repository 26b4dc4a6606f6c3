import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import { Editor } from "../../state/editor.svelte";
import { editors } from "../../state/editors.svelte";
import { environmentForms } from "../../state/environmentForms.svelte";
import { leave } from "../../state/leave.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { draftView } from "../../testing/sampleDraft";
import type { EnvironmentView, VaultStatus } from "../../bindings/types";
import Banners from "./Banners.svelte";
import LeaveDialog from "./LeaveDialog.svelte";

const locked = { state: "locked" } as VaultStatus;

function edited(answers: Parameters<typeof fakeHost>[0] = {}) {
  const host = fakeHost({
    vault_lock: () => locked,
    window_close: () => null,
    unsaved_keep: () => "draft:new",
    unsaved_drop: () => null,
    draft_check: () => ({ issues: [], certificate: null, strength: null, there: {} }),
    draft_save: ({ save }) => draftView({}, save.content),
    ...answers,
  });
  const editor = Editor.of(draftView());
  editor.change((content) => (content.name = "edited"));
  editors.fresh = editor;
  return { host, editor };
}

const named = (host: ReturnType<typeof fakeHost>) => host.calls.map(({ name }) => name).filter((name) => name !== "draft_check");
const full = () => {
  throw problem("diskFull", "Not saved: the disk is full.");
};

beforeEach(() => {
  leave.asking = null;
  editors.fresh = null;
  environmentForms.clear();
  session.environments = [];
  toasts.all = [];
  vi.stubGlobal("location", { reload: vi.fn() });
});

test.each(["lock", "close"] as const)("nothing unsaved, nothing asked before a %s", async (what) => {
  const host = fakeHost({ vault_lock: () => locked, window_close: () => null });
  await leave.want(what);
  expect(named(host)).toEqual([what === "lock" ? "vault_lock" : "window_close"]);
  expect(leave.asking).toBeNull();
});

test("a lock keeps what is typed before it drops the keys, and asks nothing", async () => {
  const { host } = edited();
  await leave.want("lock");
  expect(named(host)).toEqual(["unsaved_keep", "vault_lock"]);
  expect(host.of("unsaved_keep")[0]?.save).toMatchObject({ form: "draft", save: { content: { name: "edited" } } });
  expect(leave.asking).toBeNull();
});

test("a lock by itself keeps what is typed and asks nobody", async () => {
  const { host } = edited();
  await session.lock();
  expect(named(host)).toEqual(["unsaved_keep", "vault_lock"]);
  expect(leave.asking).toBeNull();
});

test("a lock on purpose that can't keep the edits asks first", async () => {
  const { host } = edited({ unsaved_keep: full });
  await leave.want("lock");
  expect(leave.asking).toBe("lock");
  expect(host.of("vault_lock")).toHaveLength(0);
});

test("a lock by itself is not held up by a full disk", async () => {
  const { host } = edited({ unsaved_keep: full });
  await session.lock();
  expect(host.of("vault_lock")).toHaveLength(1);
});

test("closing asks before the edits go out of sight, and starts on the safe button", async () => {
  const { host } = edited();
  await leave.want("close");
  expect(host.of("window_close")).toHaveLength(0);
  render(LeaveDialog, { what: "close" });
  expect(screen.getByTestId("leave-stay")).toHaveFocus();
  expect(screen.getByTestId("leave-dialog")).toHaveTextContent("edited");
});

test("an environment's form is asked about as well", async () => {
  edited();
  editors.fresh = null;
  environmentForms.of("new").name = "prod-eu";
  await leave.want("close");
  render(LeaveDialog, { what: "close" });
  expect(screen.getByTestId("leave-dialog")).toHaveTextContent("1 form has unsaved edits");
  expect(screen.getByTestId("leave-dialog")).toHaveTextContent("prod-eu");
  // It has no address and no token yet: it can't be saved, and is shown instead of dropped.
  await leave.saveAndGo();
  expect(leave.asking).toBeNull();
  expect([session.screen, session.environmentId]).toEqual(["environments", "new"]);
});

test("the question is not asked behind the palette", async () => {
  edited();
  session.palette = true;
  await leave.want("close");
  expect(session.palette).toBe(false);
});

test("Escape keeps editing", async () => {
  const { host } = edited();
  await leave.want("close");
  render(LeaveDialog, { what: "close" });
  await fireEvent.keyDown(screen.getByTestId("leave-dialog"), { key: "Escape" });
  expect(leave.asking).toBeNull();
  expect(host.of("window_close")).toHaveLength(0);
});

test("saving and closing saves first", async () => {
  const { host } = edited();
  await leave.want("close");
  await leave.saveAndGo();
  expect(named(host)).toEqual(["unsaved_keep", "draft_save", "window_close"]);
});

test("discarding drops what was kept too, so that it does not come back", async () => {
  const { host } = edited();
  await leave.want("close");
  await leave.discardAndGo("close");
  expect(named(host)).toEqual(["unsaved_keep", "unsaved_drop", "window_close"]);
});

test("a save that fails keeps the window open and the edits", async () => {
  const { host, editor } = edited({ draft_save: full });
  await leave.want("close");
  await leave.saveAndGo();
  expect(host.of("window_close")).toHaveLength(0);
  expect(editor.content.name).toBe("edited");
  expect(toasts.all[0]?.title).toBe("Not saved: the disk is full.");
});

const DAY = 86_400_000;
const environment = (ends: number | null) => ({ id: "e1", name: "prod-eu", lastProbe: { tokenExpiresAt: ends } }) as EnvironmentView;

test.each([null, 15 * DAY, 400 * DAY])("a token that ends in %s ms is no banner", (left) => {
  session.now = Date.now();
  session.environments = [environment(left === null ? null : session.now + left)];
  render(Banners);
  expect(screen.queryByTestId("banner-token")).toBeNull();
});

test("a token that has ended says so at once, and can be put away", async () => {
  session.now = Date.now();
  session.environments = [environment(session.now - DAY)];
  render(Banners);
  expect(screen.getByRole("alert")).toHaveTextContent("The token for prod-eu has ended. Nothing can be published there. Your drafts are kept.");
  await fireEvent.click(screen.getByRole("button", { name: "Hide the note about prod-eu" }));
  expect(screen.queryByTestId("banner-token")).toBeNull();
});
