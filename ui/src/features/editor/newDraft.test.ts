import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";
import type { Issue } from "../../bindings/types";
import { drafts } from "../../state/drafts.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { draftView } from "../../testing/sampleDraft";
import NewDraftSheet from "./NewDraftSheet.svelte";

const issue = (path: string, part: Partial<Issue> = {}): Issue => ({ path, code: "malformed", severity: "error", message: `Wrong: ${path}.`, ...part });
const enter = (testid: string, value: string) => fireEvent.input(screen.getByTestId(testid), { target: { value } });

beforeEach(() => {
  toasts.all = [];
  session.environments = [];
});

function newSheet(answers: Parameters<typeof fakeHost>[0] = {}) {
  session.newDraft = true;
  const host = fakeHost({
    draft_check: () => ({ issues: [issue("name", { code: "required", message: "Enter a name." })], certificate: null, strength: null, there: {} }),
    draft_save: ({ save }) => draftView({ id: "draft-new", revision: 1 }, save.content),
    draft_list: ({ query }) => ({ total: 0, offset: query.offset ?? 0, rows: [], counts: drafts.counts }),
    ...answers,
  });
  render(NewDraftSheet);
  return host;
}

test("a new set is not blamed for what is still to be filled in, but the foot counts it", async () => {
  newSheet();
  await enter("field-description", "x");
  await screen.findByText("1 problem before this can be published");
  expect(screen.queryByText("Enter a name.")).toBeNull();
});

test("digits choose the type only while nobody is typing", async () => {
  newSheet();
  await fireEvent.keyDown(screen.getByTestId("field-name"), { key: "3" });
  expect(screen.getByTestId("type-USERNAME_PASSWORD")).toHaveAttribute("aria-checked", "true");
  await fireEvent.keyDown(document.body, { key: "3" });
  expect(screen.getByTestId("type-CERTIFICATE")).toHaveAttribute("aria-checked", "true");
});

test("a secret typed for one type is not sent with another", async () => {
  const host = newSheet();
  await enter("field-name", "kept");
  await enter("secret-password", "zebra-1");
  await fireEvent.click(screen.getByTestId("type-TOKEN"));
  expect(screen.getByTestId("field-name")).toHaveValue("kept");
  await fireEvent.click(screen.getByTestId("save-new"));
  await waitFor(() => expect(host.of("draft_save")).toHaveLength(1));
  expect(JSON.stringify(host.of("draft_save"))).not.toContain("zebra-1");
});

test("closing a new set with something typed asks first", async () => {
  newSheet();
  await enter("field-name", "typed");
  await fireEvent.keyDown(screen.getByTestId("new-sheet"), { key: "Escape" });
  expect(session.newDraft).toBe(true);
  await fireEvent.click(screen.getByTestId("discard-new"));
  expect(session.newDraft).toBe(false);
});

test("a new set that could not be saved stays open with everything in it", async () => {
  newSheet({
    draft_save: () => {
      throw problem("diskFull", "Not saved: the disk is full.");
    },
  });
  await enter("field-name", "typed");
  await fireEvent.click(screen.getByTestId("save-new"));
  await waitFor(() => expect(toasts.all).toHaveLength(1));
  expect(session.newDraft).toBe(true);
  expect(screen.getByTestId("field-name")).toHaveValue("typed");
});
