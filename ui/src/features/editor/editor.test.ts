import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { Details, EnvironmentView, Issue } from "../../bindings/types";
import { drafts } from "../../state/drafts.svelte";
import { Editor } from "../../state/editor.svelte";
import { publish } from "../../state/publish.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { draftView } from "../../testing/sampleDraft";
import DraftEditor from "./DraftEditor.svelte";
import { endOf } from "./endDate";

const issue = (path: string, part: Partial<Issue> = {}): Issue => ({ path, code: "malformed", severity: "error", message: `Wrong: ${path}.`, ...part });
const enter = (testid: string, value: string) => fireEvent.input(screen.getByTestId(testid), { target: { value } });

function opened(answers: Parameters<typeof fakeHost>[0] = {}, view = draftView()) {
  const editor = Editor.of(view);
  const host = fakeHost({
    draft_check: () => ({ issues: [], certificate: null, strength: null, there: {} }),
    draft_save: ({ save }) => draftView({ id: save.id ?? "draft-new", revision: (save.expectedRevision ?? 0) + 1 }, save.content),
    draft_get: () => view,
    draft_list: ({ query }) => ({ total: 0, offset: query.offset ?? 0, rows: [], counts: drafts.counts }),
    ...answers,
  });
  render(DraftEditor, { editor });
  return { host, editor };
}

beforeEach(() => {
  toasts.all = [];
  session.environments = [];
  session.newDraft = false;
  publish.phase = "closed";
});

test("an unchanged draft makes no new revision, neither by the button nor by the keys", async () => {
  const { host } = opened();
  expect(screen.getByTestId("save-draft")).toBeDisabled();
  await fireEvent.keyDown(document.body, { key: "s", ctrlKey: true });
  expect(host.of("draft_save")).toHaveLength(0);
});

test("an edit is named in the head until it is saved", async () => {
  opened();
  await enter("field-name", "other");
  expect(screen.getByTestId("editor-state")).toHaveTextContent("unsaved changes");
  await fireEvent.click(screen.getByTestId("save-draft"));
  await waitFor(() => expect(screen.getByTestId("editor-state")).not.toHaveTextContent("unsaved changes"));
});

test("a save names the revision that was edited", async () => {
  const { host } = opened();
  await enter("field-name", "other");
  await fireEvent.click(screen.getByTestId("save-draft"));
  await waitFor(() => expect(host.of("draft_save")[0]?.save.expectedRevision).toBe(3));
});

async function stale(answers: Parameters<typeof fakeHost>[0] = {}) {
  let first = true;
  const all = opened({
    draft_save: ({ save }) => {
      if (first) {
        first = false;
        throw problem("staleRevision", "Not saved: revision 4 is stored by now.");
      }
      return draftView({ id: "draft-copy", revision: 1 }, save.content);
    },
    draft_get: () => draftView({ revision: 4 }, { name: "theirs" }),
    ...answers,
  });
  await enter("field-name", "mine");
  await fireEvent.click(screen.getByTestId("save-draft"));
  await screen.findByTestId("load-stored");
  return all;
}

test("a stale save overwrites nothing and keeps the edits", async () => {
  const { host } = await stale();
  expect(host.of("draft_save")).toHaveLength(1);
  expect(screen.getByTestId("field-name")).toHaveValue("mine");
});

test("after a stale save the stored one comes only on demand", async () => {
  await stale();
  await fireEvent.click(screen.getByTestId("load-stored"));
  await waitFor(() => expect(screen.getByTestId("field-name")).toHaveValue("theirs"));
});

test("edits kept as a copy are a draft of their own and replace nothing", async () => {
  const { host } = await stale();
  await fireEvent.click(screen.getByTestId("keep-as-copy"));
  await waitFor(() => expect(host.of("draft_save")).toHaveLength(2));
  const copy = host.of("draft_save")[1]?.save;
  expect(copy?.id).toBeUndefined();
  expect(copy?.expectedRevision).toBeUndefined();
  expect(copy?.content.name).toBe("mine copy");
});

test("a change stored elsewhere does not replace what is being typed", async () => {
  const { editor } = opened();
  await enter("field-name", "mine");
  editor.refresh(draftView({ revision: 9 }, { name: "theirs" }));
  expect(screen.getByTestId("field-name")).toHaveValue("mine");
  expect(editor.view?.revision).toBe(3);
});

test("an answer from before a save does not bring the older draft back", () => {
  const { editor } = opened({}, draftView({ revision: 4 }, { name: "newer" }));
  editor.refresh(draftView({ revision: 3 }, { name: "older" }));
  expect(screen.getByTestId("field-name")).toHaveValue("newer");
});

test("a stored file that can't be opened is not passed over in silence", () => {
  opened({}, draftView({}, { details: { type: "CERTIFICATE", certificateFormat: "PKCS12" } }, ["certificate"]));
  expect(screen.getByText("Sealpost can't open this file. Enter its password, or replace it.")).toBeInTheDocument();
});

test("a finding stands under its field, and the field says that it is wrong", async () => {
  opened({}, draftView({ issues: [issue("name")] }));
  const name = screen.getByTestId("field-name");
  expect(name).toHaveAttribute("aria-invalid", "true");
  expect(name).toHaveAccessibleDescription("Wrong: name.");
});

test("a warning does not call its field wrong", () => {
  opened({}, draftView({ issues: [issue("description", { severity: "warning" })] }));
  expect(screen.getByTestId("field-description")).toHaveAttribute("aria-invalid", "false");
  expect(screen.getByTestId("field-description")).toHaveAccessibleDescription("Wrong: description.");
});

test("a finding about a field this version does not show is not swallowed", () => {
  opened({}, draftView({ issues: [issue("somethingNew")] }));
  expect(screen.getByTestId("other-findings")).toHaveTextContent("Wrong: somethingNew.");
});

test("an answer to an older state does not replace the findings of the newer one", async () => {
  const answers: ((issues: Issue[]) => void)[] = [];
  const { editor } = opened({ draft_check: () => new Promise((go) => answers.push((issues) => go({ issues, certificate: null, strength: null, there: {} }))) });
  editor.change((content) => (content.name = "a"));
  const older = editor.check();
  editor.change((content) => (content.name = "ab"));
  const newer = editor.check();
  answers[1]?.([]);
  await newer;
  answers[0]?.([issue("name")]);
  await older;
  expect(editor.issues).toHaveLength(0);
});

test("a colon is allowed only when the person says that it is meant", async () => {
  const { editor } = opened({}, draftView({ issues: [issue("user", { code: "colonInUser" })] }));
  expect((editor.content.details as Extract<Details, { type: "USERNAME_PASSWORD" }>).allowColon).toBeFalsy();
  await fireEvent.click(screen.getByTestId("allow-colon"));
  expect((editor.content.details as Extract<Details, { type: "USERNAME_PASSWORD" }>).allowColon).toBe(true);
});

test("scopes this version does not know are shown and kept", async () => {
  const { host } = opened({}, draftView({}, { scopes: ["SYNTHETIC", "FROM_THE_FUTURE"] }));
  await fireEvent.click(screen.getByRole("button", { name: "EXTENSION" }));
  await fireEvent.click(screen.getByTestId("save-draft"));
  await waitFor(() => expect(host.of("draft_save")[0]?.save.content.scopes).toEqual(["SYNTHETIC", "FROM_THE_FUTURE", "EXTENSION"]));
});

test("a draft of an unknown type is shown as received and can't be saved or published", () => {
  opened({}, draftView({ readOnly: true }, { details: { type: "UNKNOWN", typeName: "FROM_THE_FUTURE", fields: { colour: "red" } } }, []));
  expect(screen.queryByTestId("save-draft")).toBeNull();
  expect(screen.queryByTestId("publish")).toBeNull();
  expect(screen.getByTestId("field-name")).toBeDisabled();
  expect(screen.getByText("red")).toBeInTheDocument();
});

test("values of an external vault leave no secret field to fill", async () => {
  opened();
  await fireEvent.click(screen.getByTestId("connect-vault"));
  await fireEvent.click(screen.getByTestId("external-HASHICORP_VAULT_APPROLE"));
  expect(screen.queryByTestId("secret-password")).toBeNull();
  expect(screen.getByTestId("vault-vaultNamespace")).toBeInTheDocument();
});

test("CyberArk is not offered for a token", async () => {
  opened({}, draftView({}, { details: { type: "TOKEN" } }, ["token"]));
  await fireEvent.click(screen.getByTestId("connect-vault"));
  expect(screen.queryByTestId("external-CYBERARK_VAULT_ALLOWED_LOCATION")).toBeNull();
});

const certificate = () => draftView({}, { details: { type: "CERTIFICATE", certificateFormat: "PEM" } }, []);
const pick = (file: File) => fireEvent.change(screen.getByTestId("secret-certificate"), { target: { files: [file] } });

test("a file much larger than the API takes is refused unread, and nothing is to be saved", async () => {
  const { editor } = opened({}, certificate());
  const arrayBuffer = vi.fn();
  await pick(Object.assign(new File([new Uint8Array(2_000_001)], "big.p12"), { arrayBuffer }));
  expect(screen.getByRole("alert")).toHaveTextContent("too large for the API, which takes 1 MB. The stored one was kept.");
  expect(arrayBuffer).not.toHaveBeenCalled();
  expect(editor.dirty).toBe(false);
});

test("a file that can't be read says so and changes nothing", async () => {
  const { editor } = opened({}, certificate());
  const broken = async () => {
    throw new Error("gone");
  };
  await pick(Object.assign(new File(["x"], "gone.pem"), { arrayBuffer: broken }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The stored one was kept.");
  expect(editor.pending.size).toBe(0);
});

test("a file goes over byte by byte, whatever its bytes", async () => {
  const { host } = opened({}, certificate());
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
  // jsdom knows no arrayBuffer of files.
  await pick(Object.assign(new File([bytes], "all.p12"), { arrayBuffer: async () => bytes.buffer }));
  await waitFor(() => expect(host.of("draft_check").at(-1)?.save.secrets.certificate).toEqual({ do: "setFile", base64: btoa(String.fromCharCode(...bytes)) }));
  expect(screen.getByText("all.p12")).toBeInTheDocument();
  expect(host.of("draft_check").at(-1)?.save.content.details).toMatchObject({ certificateFormat: "PKCS12", facts: { fileName: "all.p12" } });
});

const revisions = [2, 1].map((revision) => ({ revision, savedAt: 0, content: draftView().content, changes: ["password"], current: revision === 2 }));

async function history(answers: Parameters<typeof fakeHost>[0] = {}, edit = false) {
  const all = opened({ draft_history: () => revisions, draft_roll_back: () => draftView({ revision: 4 }), ...answers });
  if (edit) await enter("field-name", "typed");
  await fireEvent.click(screen.getByTestId("view-history"));
  return all;
}

test("an earlier revision is not brought back over edits that are not saved", async () => {
  await history({}, true);
  expect(await screen.findByRole("button", { name: "Bring back: Revision 1" })).toBeDisabled();
});

test("bringing back names the revision that is shown, and the current one can't be", async () => {
  const { host } = await history();
  await fireEvent.click(await screen.findByRole("button", { name: "Bring back: Revision 1" }));
  expect(screen.queryByRole("button", { name: "Bring back: Revision 2" })).toBeNull();
  await waitFor(() => expect(host.of("draft_roll_back")).toEqual([{ id: "draft-1", revision: 1, expectedRevision: 3 }]));
});

test("a history that can't be read says so instead of looking empty", async () => {
  await history({
    draft_history: () => {
      throw problem("unreadable", "Revision 2 can't be opened.");
    },
  });
  expect(await screen.findByTestId("problem")).toHaveTextContent("Revision 2 can't be opened.");
});

test("Ctrl+Enter publishes nothing that is in the trash", async () => {
  session.environments = [{ id: "e1", name: "staging", colour: "red", protected: false } as EnvironmentView];
  const { host } = opened({}, draftView({ deletedAt: 1 }));
  await fireEvent.keyDown(document.body, { key: "Enter", ctrlKey: true });
  expect(host.of("publish_plan")).toHaveLength(0);
});

test("a publish saves first, and plans nothing if that fails", async () => {
  session.environments = [{ id: "e1", name: "staging", colour: "red", protected: false } as EnvironmentView];
  const { host } = opened({
    draft_save: () => {
      throw problem("diskFull", "Not saved: the disk is full.");
    },
  });
  await enter("field-name", "typed");
  await fireEvent.click(screen.getByTestId("publish"));
  await waitFor(() => expect(toasts.all).toHaveLength(1));
  expect(host.of("publish_plan")).toHaveLength(0);
});

test("several targets are published only where they are ticked", async () => {
  session.environments = [{ id: "e1", name: "staging", colour: "red", protected: false } as EnvironmentView, { id: "e2", name: "prod", colour: "red", protected: true } as EnvironmentView];
  const { host } = opened({ publish_plan: () => ({ id: "p", madeAt: 0, fingerprint: "", environments: [], rows: [] }) });
  await fireEvent.click(screen.getByLabelText("Choose environments"));
  expect(screen.getByTestId("target-prod")).toHaveAttribute("aria-checked", "false");
  await fireEvent.click(screen.getByTestId("target-staging"));
  expect(screen.getByTestId("review-plan")).toBeDisabled();
  await fireEvent.click(screen.getByTestId("target-prod"));
  await fireEvent.click(screen.getByTestId("review-plan"));
  await waitFor(() => expect(host.of("publish_plan")).toEqual([{ draftIds: ["draft-1"], environmentIds: ["e2"] }]));
});

test.each(["2027-02-31", "31.03.2027", "2027-3-1", "tomorrow", "20270331"])("%j is no end date, and the one before stays", async (typed) => {
  expect(endOf(typed)).toBeUndefined();
  const { editor } = opened({}, draftView({}, { expiresAt: Date.parse("2027-03-31T23:59:59Z") }));
  await fireEvent.change(screen.getByTestId("field-expires"), { target: { value: typed } });
  expect(screen.getByTestId("field-expires")).toHaveValue("2027-03-31");
  expect(screen.getByRole("alert")).toHaveTextContent("The one before was kept.");
  expect(editor.dirty).toBe(false);
});

test("an end date is the last second of its day, whatever the time zone, and can be taken away", async () => {
  expect(endOf("2027-03-31")).toBe(Date.UTC(2027, 2, 31, 23, 59, 59));
  expect(endOf(" ")).toBeNull();
});
