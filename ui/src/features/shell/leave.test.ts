import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import { Editor } from "../../state/editor.svelte";
import { editors } from "../../state/editors.svelte";
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
  const host = fakeHost({ vault_lock: () => locked, draft_check: () => ({ issues: [], certificate: null, strength: null }), draft_save: ({ save }) => draftView({}, save.content), ...answers });
  const editor = Editor.of(draftView());
  editor.change((content) => (content.name = "edited"));
  editors.fresh = editor;
  return { host, editor };
}

beforeEach(() => {
  leave.asking = null;
  editors.fresh = null;
  toasts.all = [];
  vi.stubGlobal("location", { reload: vi.fn() });
});

test("nothing unsaved, nothing asked", async () => {
  const host = fakeHost({ vault_lock: () => locked });
  leave.want("lock");
  await waitFor(() => expect(host.of("vault_lock")).toHaveLength(1));
  expect(leave.asking).toBeNull();
});

test("a lock on purpose asks before it drops edits, and starts on the safe button", async () => {
  const { host } = edited();
  leave.want("lock");
  expect(host.of("vault_lock")).toHaveLength(0);
  render(LeaveDialog, { what: "lock" });
  expect(screen.getByTestId("leave-stay")).toHaveFocus();
  expect(screen.getByTestId("leave-dialog")).toHaveTextContent("edited");
});

test("a lock by itself asks nobody", async () => {
  const { host } = edited();
  await session.lock();
  expect(host.of("vault_lock")).toHaveLength(1);
  expect(leave.asking).toBeNull();
});

test("the question is not asked behind the palette", () => {
  edited();
  session.palette = true;
  leave.want("lock");
  expect(session.palette).toBe(false);
});

test("Escape keeps editing", async () => {
  const { host } = edited();
  leave.want("lock");
  render(LeaveDialog, { what: "lock" });
  await fireEvent.keyDown(screen.getByTestId("leave-dialog"), { key: "Escape" });
  expect(leave.asking).toBeNull();
  expect(host.of("vault_lock")).toHaveLength(0);
});

test("saving and locking saves first", async () => {
  const { host } = edited();
  leave.want("lock");
  await leave.saveAndGo();
  expect(host.calls.map(({ name }) => name).filter((name) => name !== "draft_check")).toEqual(["draft_save", "vault_lock"]);
});

test("a save that fails keeps the vault open and the edits", async () => {
  const { host, editor } = edited({
    draft_save: () => {
      throw problem("diskFull", "Not saved: the disk is full.");
    },
  });
  leave.want("lock");
  await leave.saveAndGo();
  expect(host.of("vault_lock")).toHaveLength(0);
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
