import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DraftSave } from "../../bindings/types";
import { Editor } from "../../state/editor.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { draftView, page, reachable } from "../../testing/sampleDraft";
import DraftEditor from "./DraftEditor.svelte";
import { generate } from "./generate";

const SECRET = "zebra-harbour-92";
const input = () => screen.getByTestId<HTMLInputElement>("secret-password");
const type = (value: string) => fireEvent.input(input(), { target: { value } });
const save = () => fireEvent.click(screen.getByTestId("save-draft"));
const saved = (host: ReturnType<typeof opened>["host"]): DraftSave | undefined => host.of("draft_save").at(-1)?.save;

function opened(answers: Parameters<typeof fakeHost>[0] = {}, editor = Editor.of(draftView())) {
  const host = fakeHost({
    draft_check: () => ({ issues: [], certificate: null, strength: 3, there: {} }),
    draft_save: ({ save: one }) => draftView({ revision: (one.expectedRevision ?? 0) + 1 }, one.content),
    draft_get: () => draftView(),
    secret_reveal: () => SECRET,
    secret_copy: () => ({ clearsInSeconds: 30 }),
    clipboard_clear: () => null,
    ...answers,
  });
  return { host, editor, view: render(DraftEditor, { editor }) };
}

beforeEach(() => (toasts.all = []));
afterEach(() => {
  vi.useRealTimers();
});

test("a stored secret is neither prefilled nor asked for", () => {
  const { host } = opened();
  expect(input()).toHaveValue("");
  expect(input()).toHaveAccessibleName("Password, hidden");
  expect(host.of("secret_reveal")).toHaveLength(0);
});

test("what is typed is in no state that other code can reach, before and after it is saved", async () => {
  const { host, editor } = opened();
  await type(SECRET);
  expect(reachable(editor)).not.toContain(SECRET);
  await save();
  await waitFor(() => expect(input()).toHaveValue(""));
  expect(saved(host)?.secrets).toEqual({ password: { do: "set", value: SECRET } });
  expect(reachable(editor)).not.toContain(SECRET);
  expect(page()).not.toContain(SECRET);
});

test("a second save does not send the secret again", async () => {
  const { host } = opened();
  await type(SECRET);
  await save();
  await waitFor(() => expect(input()).toHaveValue(""));
  await fireEvent.input(screen.getByTestId("field-description"), { target: { value: "later" } });
  await save();
  await waitFor(() => expect(host.of("draft_save")).toHaveLength(2));
  expect(saved(host)?.secrets).toEqual({});
});

test("a save that fails keeps what was typed, in its input", async () => {
  const { editor } = opened({
    draft_save: () => {
      throw problem("diskFull", "Not saved: the disk is full.");
    },
  });
  await type(SECRET);
  await save();
  await waitFor(() => expect(toasts.all).toHaveLength(1));
  expect(input()).toHaveValue(SECRET);
  expect(editor.dirty).toBe(true);
});

test("what is typed while a save runs is not lost with its answer", async () => {
  let finish: () => void = () => undefined;
  const { editor } = opened({ draft_save: ({ save: one }) => new Promise((go) => (finish = () => go(draftView({ revision: 4 }, one.content)))) });
  await type(SECRET);
  await save();
  await fireEvent.input(screen.getByTestId("field-description"), { target: { value: "too late" } });
  finish();
  await waitFor(() => expect(editor.saving).toBe(false));
  expect(screen.getByTestId("field-description")).toHaveValue("too late");
  expect(editor.dirty).toBe(true);
  expect(editor.view?.revision).toBe(4);
});

test("an emptied input keeps the stored secret instead of clearing it", async () => {
  const { host } = opened();
  await type(SECRET);
  await type("");
  await save();
  await waitFor(() => expect(host.of("draft_save")).toHaveLength(1));
  expect(saved(host)?.secrets).toEqual({});
});

test("leaving a draft keeps the typed secret but does not show it; Undo drops it", async () => {
  const { host, editor } = opened();
  await type(SECRET);
  cleanup();
  render(DraftEditor, { editor });
  expect(page()).not.toContain(SECRET);
  expect(input()).toHaveAttribute("placeholder", "New value, stored when you save");
  expect(screen.getByTestId("reveal-password")).toBeDisabled();
  expect(screen.getByTestId("copy-password")).toBeDisabled();
  await fireEvent.click(screen.getByTestId("undo-password"));
  await save();
  await waitFor(() => expect(host.of("draft_save")).toHaveLength(1));
  expect(saved(host)?.secrets).toEqual({});
});

test("discarding edits empties the input and forgets what was typed", async () => {
  const { host, editor } = opened();
  await type(SECRET);
  await editor.discard();
  await waitFor(() => expect(input()).toHaveValue(""));
  await fireEvent.input(screen.getByTestId("field-description"), { target: { value: "x" } });
  await save();
  await waitFor(() => expect(host.of("draft_save")).toHaveLength(1));
  expect(JSON.stringify(saved(host))).not.toContain(SECRET);
});

async function revealed() {
  await fireEvent.click(screen.getByTestId("reveal-password"));
  await screen.findByTestId("revealed-password");
}

test.each([
  ["the window loses the focus", () => fireEvent(window, new Event("blur"))],
  ["the window is hidden", () => fireEvent(document, new Event("visibilitychange"))],
  ["the button is pressed again", () => fireEvent.click(screen.getByTestId("reveal-password"))],
])("a revealed secret goes when %s", async (_when, act) => {
  opened();
  await revealed();
  expect(page()).toContain(SECRET);
  await act();
  await waitFor(() => expect(page()).not.toContain(SECRET));
});

test("a revealed secret goes by itself after twenty seconds, not before", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  opened();
  await revealed();
  await vi.advanceTimersByTimeAsync(19_000);
  expect(page()).toContain(SECRET);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(page()).not.toContain(SECRET);
});

test("a revealed secret goes with the draft it belongs to", async () => {
  const { view } = opened();
  await revealed();
  view.unmount();
  expect(page()).not.toContain(SECRET);
});

test("a refused reveal says why and shows nothing", async () => {
  opened({
    secret_reveal: () => {
      throw problem("unreadable", "The draft does not open.");
    },
  });
  await fireEvent.click(screen.getByTestId("reveal-password"));
  await waitFor(() => expect(toasts.all[0]?.title).toBe("The draft does not open."));
  expect(screen.queryByTestId("revealed-password")).toBeNull();
});

test("a copy never brings the secret into the page", async () => {
  const { host } = opened();
  await fireEvent.click(screen.getByTestId("copy-password"));
  await waitFor(() => expect(toasts.all[0]?.title).toBe("Password copied"));
  expect(host.of("secret_copy")).toEqual([{ id: "draft-1", field: "password" }]);
  expect(page()).not.toContain(SECRET);
});

test("what is typed but not stored can't be copied", async () => {
  opened();
  await type(SECRET);
  expect(screen.getByTestId("copy-password")).toBeDisabled();
});

const paste = async (text: string) => {
  await fireEvent.paste(input(), { clipboardData: { getData: () => text } });
  await type(text.replace(/[\r\n]/g, ""));
};

test("a line break at the end of a paste is kept until the person removes it", async () => {
  const { host } = opened();
  await paste(`${SECRET}\n`);
  await fireEvent.click(screen.getByTestId("remove-line-break"));
  expect(screen.queryByTestId("remove-line-break")).toBeNull();
  await save();
  await waitFor(() => expect(saved(host)?.secrets.password).toEqual({ do: "set", value: SECRET }));
});

test("a line break that was not removed is stored as pasted", async () => {
  const { host } = opened();
  await paste(`${SECRET}\r\n`);
  await save();
  await waitFor(() => expect(saved(host)?.secrets.password).toEqual({ do: "set", value: `${SECRET}\r\n` }));
});

test("line breaks inside a paste are not dropped without a word", async () => {
  opened();
  await paste("zebra\nharbour");
  expect(screen.getByText("The pasted text had line breaks inside. They were left out.")).toBeInTheDocument();
});

test("a generated value is as long as promised, differs each time and uses no look-alikes", () => {
  const made = Array.from({ length: 50 }, () => generate());
  expect(new Set(made).size).toBe(50);
  for (const one of made) {
    expect(one).toHaveLength(24);
    expect(one).not.toMatch(/[Il0O1]/);
  }
});

test("nothing is generated by a predictable source", () => {
  const random = vi.spyOn(Math, "random");
  generate();
  expect(random).not.toHaveBeenCalled();
});

test("secret inputs ask nobody to remember or check them", () => {
  opened();
  for (const [name, value] of [["type", "password"], ["autocomplete", "off"], ["spellcheck", "false"], ["autocorrect", "off"], ["autocapitalize", "off"]]) {
    expect(input()).toHaveAttribute(name as string, value);
  }
});
