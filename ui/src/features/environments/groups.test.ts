import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { EnvironmentView, GroupView } from "../../bindings/types";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import TargetMenu from "../editor/TargetMenu.svelte";
import Groups from "./Groups.svelte";

const environment = (id: string, name: string) =>
  ({ id, revision: 1, name, url: "https://x.example", kind: "SaaS", environmentKey: null, tokenIdentifier: "", colour: "red", protected: false, readOnly: false, sandbox: false, caSubject: null, caNotAfter: null, proxy: "system", published: 0, lastProbe: null }) as EnvironmentView;
const EUROPE: GroupView = { id: "g1", revision: 2, name: "europe", environmentIds: ["e1", "e2"] };

beforeEach(() => {
  session.environments = [environment("e1", "staging"), environment("e2", "prod"), environment("e3", "lab")];
  session.groups = [EUROPE];
  toasts.all = [];
});

test("a group is made with a name and its environments, and not without", async () => {
  const asked = fakeHost({ group_save: ({ save }) => ({ id: "g2", revision: 1, name: save.name, environmentIds: save.environmentIds }) });
  render(Groups);
  await fireEvent.click(screen.getByTestId("group-add"));
  expect(screen.getByTestId("group-save").hasAttribute("disabled")).toBe(true);
  await fireEvent.input(screen.getByTestId("group-name"), { target: { value: "labs" } });
  expect(screen.getByTestId("group-save").hasAttribute("disabled")).toBe(true);
  await fireEvent.click(screen.getByTestId("group-member-lab"));
  await fireEvent.click(screen.getByTestId("group-save"));
  await vi.waitFor(() => expect(screen.queryByTestId("group-sheet")).toBeNull());
  expect(asked.of("group_save")).toEqual([{ save: { name: "labs", environmentIds: ["e3"] } }]);
});

test("a change names the revision it was made on, and a refusal keeps the form", async () => {
  const asked = fakeHost({ group_save: () => Promise.reject(problem("invalid", "Another group has this name.")) });
  render(Groups);
  await fireEvent.click(screen.getByTestId("group-row"));
  await fireEvent.input(screen.getByTestId("group-name"), { target: { value: "world" } });
  await fireEvent.click(screen.getByTestId("group-save"));
  await screen.findByText("Another group has this name.");
  expect(asked.of("group_save")).toEqual([{ save: { id: "g1", expectedRevision: 2, name: "world", environmentIds: ["e1", "e2"] } }]);
  expect((screen.getByTestId("group-name") as HTMLInputElement).value).toBe("world");
});

test("removing a group asks for the group alone", async () => {
  const asked = fakeHost({ group_delete: () => null });
  render(Groups);
  await fireEvent.click(screen.getByTestId("group-row"));
  await fireEvent.click(screen.getByTestId("group-remove"));
  await vi.waitFor(() => expect(asked.of("group_delete")).toEqual([{ id: "g1" }]));
  await vi.waitFor(() => expect(session.groups).toEqual([]));
});

test("a group ticks all its environments as targets, and unticks them again", async () => {
  fakeHost({});
  const onpublish = vi.fn();
  render(TargetMenu, { name: "shop", open: true, preset: ["e3"], onclose: () => undefined, onpublish });
  const group = screen.getByTestId("target-group-europe");
  expect(group.getAttribute("aria-checked")).toBe("false");
  await fireEvent.click(group);
  expect(screen.getByTestId("target-prod").getAttribute("aria-checked")).toBe("true");
  await fireEvent.click(screen.getByTestId("review-plan"));
  expect(onpublish).toHaveBeenLastCalledWith(["e1", "e2", "e3"]);
  await fireEvent.click(group);
  await fireEvent.click(screen.getByTestId("review-plan"));
  expect(onpublish).toHaveBeenLastCalledWith(["e3"]);
});
