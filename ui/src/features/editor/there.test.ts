import { render, screen, within } from "@testing-library/svelte";
import { fireEvent } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { DraftSave, EnvironmentView, UnsavedView } from "../../bindings/types";
import { Editor } from "../../state/editor.svelte";
import { session } from "../../state/session.svelte";
import { fakeHost } from "../../testing/fakeHost";
import { draftView, page, reachable } from "../../testing/sampleDraft";
import PerEnvironment from "./PerEnvironment.svelte";

const SECRET = "zebra-of-prod";

function environment(id: string, name: string): EnvironmentView {
  return { id, revision: 1, name, url: "https://x.example", kind: "SaaS", environmentKey: null, tokenIdentifier: "", colour: "red", protected: false, readOnly: false, sandbox: false, caSubject: null, caNotAfter: null, proxy: "system", published: 0, unreadable: false, lastProbe: null };
}

/** As the other side stores it: what is named stays, secrets only as fields. */
function saved(save: DraftSave) {
  const there = Object.entries(save.content.overrides).map(([environmentId, here]) => {
    const edits = save.overrideSecrets?.[environmentId] ?? {};
    return { environmentId, environment: "prod", colour: "red", fields: Object.keys(here), secrets: edits.password?.do === "set" ? (["password"] as const).slice() : [], certificate: null, rolledBack: false, issues: [] };
  });
  return draftView({ revision: 4, overrides: there }, save.content);
}

function host() {
  return fakeHost({ draft_check: () => ({ issues: [], certificate: null, strength: null, there: {} }), draft_save: ({ save }) => saved(save), unsaved_keep: () => "draft:draft-1", unsaved_drop: () => null, secret_reveal: () => SECRET });
}

beforeEach(() => {
  session.environments = [environment("e1", "staging"), environment("e2", "prod")];
});

async function open(editor: Editor, name = "prod") {
  render(PerEnvironment, { editor });
  await fireEvent.click(screen.getByTestId("override-add"));
  await fireEvent.click(screen.getByTestId(`override-in-${name}`));
}

test("what is changed for one environment is saved for it alone", async () => {
  const asked = host();
  const editor = Editor.of(draftView());
  await open(editor);
  await fireEvent.click(screen.getByTestId("there-name"));
  await fireEvent.input(screen.getByTestId("there-field-name"), { target: { value: "checkout prod" } });
  await fireEvent.click(screen.getByTestId("there-password"));
  await fireEvent.input(screen.getByTestId("secret-password-there"), { target: { value: SECRET } });
  expect(screen.getByTestId("override-fields").textContent).toBe("Name, Password");
  expect(await editor.save()).toBe(true);
  const [{ save }] = asked.of("draft_save") as [{ save: DraftSave }];
  expect(save.content.overrides).toEqual({ e2: { name: "checkout prod" } });
  expect(save.overrideSecrets).toEqual({ e2: { password: { do: "set", value: SECRET } } });
  expect(save.content.name).toBe("checkout-login");
});

test("a typed secret of one environment stands in no reactive state, and nowhere after the save", async () => {
  host();
  const editor = Editor.of(draftView());
  await open(editor);
  await fireEvent.click(screen.getByTestId("there-password"));
  await fireEvent.input(screen.getByTestId("secret-password-there"), { target: { value: SECRET } });
  expect(reachable(editor)).not.toContain(SECRET);
  await editor.save();
  await vi.waitFor(() => expect(page()).not.toContain(SECRET));
});

test("a stored secret of one environment is asked for with its environment, and only when it is revealed", async () => {
  const asked = host();
  const view = draftView({ overrides: [{ environmentId: "e2", environment: "prod", colour: "red", fields: ["Password"], secrets: ["password"], certificate: null, rolledBack: false, issues: [] }] }, { overrides: { e2: {} } });
  render(PerEnvironment, { editor: Editor.of(view) });
  await fireEvent.click(screen.getByTestId("override-edit-prod"));
  expect(asked.of("secret_reveal")).toHaveLength(0);
  await fireEvent.click(screen.getByTestId("reveal-password-there"));
  expect(asked.of("secret_reveal")).toEqual([{ id: "draft-1", field: "password", environmentId: "e2" }]);
});

test("as in the draft again: a stored secret is cleared with the save, a typed one is forgotten", async () => {
  const asked = host();
  const stored = draftView({ overrides: [{ environmentId: "e2", environment: "prod", colour: "red", fields: ["Password"], secrets: ["password"], certificate: null, rolledBack: false, issues: [] }] }, { overrides: { e2: { description: "there" } } });
  const editor = Editor.of(stored);
  render(PerEnvironment, { editor });
  await fireEvent.click(screen.getByTestId("override-edit-prod"));
  await fireEvent.click(screen.getByTestId("as-draft-password"));
  await fireEvent.click(screen.getByTestId("as-draft-description"));
  await editor.save();
  const [{ save }] = asked.of("draft_save") as [{ save: DraftSave }];
  expect(save.overrideSecrets).toEqual({ e2: { password: { do: "clear" } } });
  expect(save.content.overrides).toEqual({ e2: {} });

  const typed = Editor.of(draftView());
  typed.typeThere("e2", "password", { do: "set", value: SECRET });
  typed.typeThere("e2", "password", { do: "keep" });
  await typed.save();
  expect((asked.of("draft_save")[1] as { save: DraftSave }).save.overrideSecrets).toBeUndefined();
});

test("taking the whole override away leaves nothing of it in the save", async () => {
  const asked = host();
  const editor = Editor.of(draftView({}, { overrides: { e2: { name: "checkout prod" } } }));
  editor.typeThere("e2", "password", { do: "set", value: SECRET });
  render(PerEnvironment, { editor });
  await fireEvent.click(screen.getByTestId("override-remove-prod"));
  await editor.save();
  const [{ save }] = asked.of("draft_save") as [{ save: DraftSave }];
  expect(save.content.overrides).toEqual({});
  expect(save.overrideSecrets).toBeUndefined();
});

test("scopes and access of one environment start as the draft's and change there alone", async () => {
  const asked = host();
  const editor = Editor.of(draftView());
  await open(editor);
  await fireEvent.click(screen.getByTestId("there-scopes"));
  await fireEvent.click(within(screen.getByTestId("override-form")).getByText("EXTENSION"));
  await fireEvent.click(screen.getByTestId("there-access"));
  await fireEvent.click(within(screen.getByTestId("override-form")).getByRole("switch", { name: "Owner only" }));
  await editor.save();
  const [{ save }] = asked.of("draft_save") as [{ save: DraftSave }];
  expect(save.content.overrides.e2).toEqual({ scopes: ["SYNTHETIC", "EXTENSION"], ownerAccessOnly: false, allowedEntities: [], allowContextlessRequests: false });
  expect(save.content.scopes).toEqual(["SYNTHETIC"]);
  expect(save.content.ownerAccessOnly).toBe(true);
});

test("what was typed for one environment before a lock is taken from the vault by the save", async () => {
  const asked = host();
  const work: UnsavedView & { form: "draft" } = { name: "draft:draft-1", keptAt: 5, id: "draft-1", expectedRevision: 3, form: "draft", content: draftView({}, { overrides: { e2: {} } }).content, secrets: {}, overrideSecrets: { e2: { password: "set" } } };
  const editor = await Editor.restored(work, draftView());
  expect(editor.isSetThere("e2", "password")).toBe(true);
  await editor.save();
  const [{ save }] = asked.of("draft_save") as [{ save: DraftSave }];
  expect(save.overrideSecrets).toEqual({ e2: { password: { do: "unsaved" } } });
});

test("what is kept for an environment that is gone is shown and can be taken away", async () => {
  const asked = host();
  const editor = Editor.of(draftView({}, { overrides: { old: { name: "checkout old" } } }));
  render(PerEnvironment, { editor });
  await fireEvent.click(screen.getByRole("button", { name: /An environment that was removed/ }));
  await editor.save();
  expect((asked.of("draft_save")[0] as { save: DraftSave }).save.content.overrides).toEqual({});
});
