import { beforeEach, expect, test, vi } from "vitest";
import type { UnsavedSave, UnsavedView } from "../bindings/types";
import { fakeHost, problem } from "../testing/fakeHost";
import { draftView } from "../testing/sampleDraft";
import { drafts } from "./drafts.svelte";
import { Editor } from "./editor.svelte";
import { editors } from "./editors.svelte";
import { EnvironmentForm } from "./environmentForm.svelte";
import { environmentForms } from "./environmentForms.svelte";
import { restoreUnsaved } from "./restore";
import { session } from "./session.svelte";
import { toasts } from "./toasts.svelte";
import { keepAll, Keeper } from "./unsaved";

const SECRET = "zebra-typed-secret";

function answered(more: Parameters<typeof fakeHost>[0] = {}) {
  return fakeHost({
    unsaved_keep: () => "draft:draft-1",
    unsaved_drop: () => null,
    draft_get: () => draftView(),
    draft_check: () => ({ issues: [], certificate: null, strength: null, there: {} }),
    draft_save: ({ save }) => draftView({ revision: 4 }, save.content),
    ...more,
  });
}

const kept = (part: object = {}): UnsavedView =>
  ({ name: "draft:draft-1", keptAt: 5, id: "draft-1", expectedRevision: 3, form: "draft", content: { ...draftView().content, name: "mine" }, secrets: { password: "set" }, overrideSecrets: {}, ...part }) as UnsavedView;

beforeEach(() => {
  vi.useFakeTimers();
  toasts.all = [];
  editors.fresh = null;
  drafts.current = null;
  session.newDraft = false;
  session.screen = "drafts";
  environmentForms.clear();
});

test("what is typed is kept a second later, once for many keys", async () => {
  const host = answered();
  const editor = Editor.of(draftView());
  for (const name of ["a", "ab", "abc"]) editor.change((content) => (content.name = name));
  expect(host.of("unsaved_keep")).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(host.of("unsaved_keep").map(({ save }) => (save.form === "draft" ? save.save.content.name : ""))).toEqual(["abc"]);
});

test("somebody who never stops typing is kept all the same", async () => {
  const host = answered();
  const editor = Editor.of(draftView());
  for (let key = 0; key < 30; key++) {
    editor.change((content) => (content.name += "x"));
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(host.of("unsaved_keep").length).toBeGreaterThan(1);
});

test("a lock waits for what is being kept, and a save for all that stands in line", async () => {
  const order: string[] = [];
  const answer: ((name: string) => void)[] = [];
  answered({
    unsaved_keep: () => new Promise<string>((done) => { order.push("keep"); answer.push((name) => { order.push("kept"); done(name); }); }),
    draft_save: ({ save }) => { order.push("save"); return draftView({ revision: 4 }, save.content); },
  });
  const editor = Editor.of(draftView());
  editor.change((content) => (content.name = "a"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(order).toEqual(["keep"]);
  let all = false;
  void keepAll().then(() => (all = true));
  await vi.advanceTimersByTimeAsync(10);
  expect(all).toBe(false);
  answer.shift()?.("draft:draft-1");
  await vi.advanceTimersByTimeAsync(10);
  expect(all).toBe(true);

  // The second stands in line behind the first when the save comes.
  order.length = 0;
  editor.change((content) => (content.name = "ab"));
  await vi.advanceTimersByTimeAsync(1000);
  editor.change((content) => (content.name = "abc"));
  await vi.advanceTimersByTimeAsync(1000);
  void editor.save();
  while (answer.length > 0 || !order.includes("save")) {
    answer.splice(0).forEach((done) => done("draft:draft-1"));
    await vi.advanceTimersByTimeAsync(10);
    if (order.length > 8) break;
  }
  expect(order).toEqual(["keep", "kept", "keep", "kept", "save"]);
});

test("a form that can't be handed over is said, and stops none that stands in line behind it", async () => {
  const host = answered();
  let broken = true;
  const keeper = new Keeper(() => {
    if (broken) throw new Error("no form");
    return { form: "draft", name: "draft:new", save: { content: draftView().content, secrets: {} } } as unknown as UnsavedSave;
  });
  const [first, second] = [keeper.keep(), keeper.keep().then((kept) => kept)];
  await expect(first).resolves.toBe(false);
  broken = false;
  await second;
  await expect(keeper.keep()).resolves.toBe(true);
  expect(host.of("unsaved_keep").length).toBeGreaterThan(0);
  expect(toasts.all).toHaveLength(1);
});

test("nothing is kept once it is saved, and the save settles what was kept", async () => {
  const host = answered();
  const editor = Editor.of(draftView());
  editor.change((content) => (content.name = "a"));
  await vi.advanceTimersByTimeAsync(1000);
  editor.change((content) => (content.name = "b"));
  await editor.save();
  await vi.advanceTimersByTimeAsync(5000);
  expect(host.of("unsaved_keep")).toHaveLength(1);
  expect(host.of("draft_save")[0]?.save.unsaved).toBe("draft:draft-1");
});

test("a discard drops what was kept", async () => {
  const host = answered();
  const editor = Editor.of(draftView());
  editor.change((content) => (content.name = "a"));
  await keepAll();
  await editor.discard();
  await vi.advanceTimersByTimeAsync(5000);
  expect(host.of("unsaved_drop")).toEqual([{ name: "draft:draft-1" }]);
  expect(host.of("unsaved_keep")).toHaveLength(1);
});

test("what can't be kept is said once, not with every key", async () => {
  answered({
    unsaved_keep: () => {
      throw problem("diskFull", "Not saved: the disk is full.");
    },
  });
  const editor = Editor.of(draftView());
  for (const name of ["a", "b", "c"]) {
    editor.change((content) => (content.name = name));
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(toasts.all.map(({ title }) => title)).toEqual(["Not saved: the disk is full."]);
});

test("edits from before a lock are back in their editor, say so, and their secret stays in the vault", async () => {
  const host = answered({ unsaved_list: () => [kept()] });
  await restoreUnsaved();
  const editor = editors.get("draft-1");
  expect(editor?.content.name).toBe("mine");
  expect([editor?.dirty, editor?.restored, editor?.pending.get("password"), drafts.current]).toEqual([true, 5, "set", "draft-1"]);
  await editor?.save();
  expect(host.of("draft_save")[0]?.save).toMatchObject({ unsaved: "draft:draft-1", expectedRevision: 3, secrets: { password: { do: "unsaved" } } });
  expect(editor?.restored).toBeNull();
});

test("edits over a revision that is no longer the newest say that, and overwrite nothing", async () => {
  const host = answered({
    unsaved_list: () => [kept({ expectedRevision: 2 })],
    draft_check: () => {
      throw problem("staleRevision", "Not saved: revision 3 was stored while revision 2 was being edited.");
    },
  });
  await restoreUnsaved();
  expect(editors.get("draft-1")?.stale?.code).toBe("staleRevision");
  await editors.get("draft-1")?.save();
  expect(host.of("draft_save")[0]?.save.expectedRevision).toBe(2);
});

test("a new set that was being written is open again", async () => {
  answered({ unsaved_list: () => [kept({ name: "draft:new", id: null, expectedRevision: null })] });
  await restoreUnsaved();
  expect(session.newDraft).toBe(true);
  expect(editors.fresh?.content.name).toBe("mine");
});

test("an environment's form is filled again; its token is taken from the vault", async () => {
  const fields = { name: "prod", url: "https://abc12345.live.dynatrace.com", colour: "red", protected: true, caPem: null, proxy: "none" };
  const host = answered({
    unsaved_list: () => [{ name: "environment:new", keptAt: 5, id: null, expectedRevision: null, form: "environment", fields, secrets: { token: "set" }, overrideSecrets: {} }],
    env_save: ({ save }) => ({ id: "e1", name: save.name }) as never,
    env_list: () => [],
  });
  await restoreUnsaved();
  expect([session.screen, session.environmentId]).toEqual(["environments", "new"]);
  const form = environmentForms.of("new");
  expect([form.name, form.guarded, form.proxyMode, form.missing, form.dirty]).toEqual(["prod", true, "none", "", true]);
  await form.save("");
  expect(host.of("env_save")[0]?.save).toMatchObject({ token: { do: "unsaved" }, unsaved: "environment:new" });
});

test("a token goes to the vault when its input leaves the page, and the form does not hold it", async () => {
  const host = answered({ unsaved_keep: () => "environment:new" });
  const form = new EnvironmentForm(null);
  form.tokenTyped = true;
  await form.letGo(SECRET);
  expect(host.of("unsaved_keep")[0]?.save).toMatchObject({ form: "environment", save: { token: { do: "set", value: SECRET } } });
  expect([form.tokenKept, form.readToken()]).toEqual([true, ""]);
});

test("a draft that is gone is said, and the rest comes back", async () => {
  answered({
    unsaved_list: () => [kept(), kept({ name: "draft:new", id: null, expectedRevision: null })],
    draft_get: () => {
      throw problem("notFound", "No such draft.");
    },
  });
  await restoreUnsaved();
  expect(toasts.all.map(({ title }) => title)).toEqual(["No such draft."]);
  expect(session.newDraft).toBe(true);
});
