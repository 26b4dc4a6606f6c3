import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { beforeEach, expect, test } from "vitest";
import type { Details, EnvironmentView } from "../bindings/types";
import DraftEditor from "../features/editor/DraftEditor.svelte";
import { EXTERNAL_FORMS } from "../features/editor/externalForms";
import NewDraftSheet from "../features/editor/NewDraftSheet.svelte";
import UseSheet from "../features/editor/UseSheet.svelte";
import { TYPES } from "../messages/words";
import { drafts } from "../state/drafts.svelte";
import { Editor, emptyDetails, secretFields } from "../state/editor.svelte";
import { session } from "../state/session.svelte";
import { fakeHost } from "../testing/fakeHost";
import { draftRow, draftView } from "../testing/sampleDraft";
import Main from "./Main.svelte";

/** Colours need a real page: `npm run pictures` and the tests in the real window judge those. */
async function findings(): Promise<string[]> {
  const { violations } = await axe.run(document, { rules: { "color-contrast": { enabled: false } } });
  return violations.flatMap((one) => one.nodes.map((node) => `${one.impact} ${one.id}: ${node.html.slice(0, 140)}`));
}

const environment = { id: "e1", name: "staging", colour: "red", protected: true, lastProbe: null, url: "https://x", kind: "SaaS", published: 0 } as unknown as EnvironmentView;

function host() {
  return fakeHost({
    draft_list: ({ query }) => ({ total: 3, offset: query.offset ?? 0, rows: [0, 1, 2].map((index) => draftRow(index, { pips: [{ environmentId: "e1", state: "modified" }] })), counts: drafts.counts }),
    draft_get: ({ id }) => draftView({ id }),
    draft_check: () => ({ issues: [{ path: "name", code: "required", severity: "error", message: "Enter a name." }], certificate: null, strength: 2, there: {} }),
  });
}

// axe asks for a canvas to tell icon fonts apart; jsdom has none and says so on every run.
HTMLCanvasElement.prototype.getContext = () => null;

beforeEach(() => {
  document.documentElement.lang = "en";
  document.title = "Sealpost";
  Object.assign(drafts, { query: {}, pages: {}, selected: {}, current: null, loaded: false, total: 0, wanted: [0, 0] });
  session.environments = [environment];
  session.newDraft = false;
});

test.each(TYPES.map(({ type }) => type))("the editor of %s has no finding", async (type) => {
  host();
  const details = emptyDetails(type);
  const view = draftView({ issues: [{ path: "name", code: "malformed", severity: "error", message: "Wrong." }] }, { details }, secretFields(details));
  render(DraftEditor, { editor: Editor.of(view) });
  expect(await findings()).toEqual([]);
});

test.each(EXTERNAL_FORMS.map(({ method }) => method))("the form of %s has no finding", async (method) => {
  host();
  session.newDraft = true;
  render(NewDraftSheet);
  await fireEvent.click(screen.getByTestId(`external-${method}`));
  await screen.findByTestId("vault-url");
  expect(await findings()).toEqual([]);
});

test("the texts that use a published set have no finding", async () => {
  fakeHost({ draft_uses: () => [{ key: "curl", title: "curl", language: "sh", text: "curl x" }, { key: "sdk", title: "App", language: "ts", text: "import" }] });
  render(UseSheet, { draftId: "d", environmentId: "e1", environment: "staging", onclose: () => undefined });
  await screen.findByTestId("use-text");
  expect(await findings()).toEqual([]);
});

test("an unknown type has no finding", async () => {
  host();
  const details: Details = { type: "UNKNOWN", typeName: "X", fields: { a: 1 } };
  render(DraftEditor, { editor: Editor.of(draftView({ readOnly: true }, { details }, [])) });
  expect(await findings()).toEqual([]);
});

test("the main window, its menus and its selection have no finding", async () => {
  host();
  render(Main);
  await waitFor(() => expect(screen.getByTestId("editor")).toBeInTheDocument());
  drafts.select("draft-1", true);
  await fireEvent.click(screen.getByTestId("sort"));
  expect(await findings()).toEqual([]);
  await fireEvent.click(screen.getByTestId("sort"));
  await fireEvent.click(screen.getByTestId("more-actions"));
  expect(await findings()).toEqual([]);
});

test("a field without a name would be found", async () => {
  cleanup();
  document.body.innerHTML = "<main><input /></main>";
  expect((await findings()).join()).toContain("label");
  document.body.innerHTML = "";
});
