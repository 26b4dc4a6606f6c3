import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";
import type { DraftList, DraftRow, EnvironmentView, PublicationView } from "../../bindings/types";
import { session } from "../../state/session.svelte";
import { fakeHost } from "../../testing/fakeHost";
import { draftView } from "../../testing/sampleDraft";
import { highlight, parse } from "./entries";
import Palette from "./Palette.svelte";

const row = (name: string): DraftRow => ({
  id: name, name, typeName: "TOKEN", summary: "", revision: 1, updatedAt: 0, deletedAt: null, state: "modified", pips: [], expiring: false,
});
const answer = (rows: DraftRow[]): DraftList => ({ total: rows.length, offset: 0, rows, counts: { all: 0, trash: 0, byType: {}, byState: {}, expiring: 0 } });

function opened() {
  const host = fakeHost({ draft_list: ({ query }) => answer([row("payments"), row("payroll")].filter((one) => one.name.includes(query.text ?? ""))) });
  session.palette = true;
  render(Palette);
  return host;
}
const input = () => screen.getByTestId<HTMLInputElement>("palette-input");
const labels = () => screen.queryAllByTestId("palette-item").map((one) => one.textContent?.trim() ?? "");

beforeEach(() => {
  session.environments = [];
  session.screen = "drafts";
});

test("drafts are found by the vault, not by what happens to be loaded", async () => {
  const host = opened();
  await fireEvent.input(input(), { target: { value: "payr" } });
  await waitFor(() => expect(host.of("draft_list").at(-1)?.query.text).toBe("payr"));
  await waitFor(() => expect(labels()[0]).toContain("payroll"));
});

test("a command is not mixed with drafts after >", async () => {
  opened();
  await fireEvent.input(input(), { target: { value: ">settings" } });
  await waitFor(() => expect(labels()).toHaveLength(1));
  await fireEvent.keyDown(input(), { key: "Enter" });
  await waitFor(() => expect(session.screen).toBe("settings"));
  expect(session.palette).toBe(false);
});

test("arrows move what Enter runs, and the combobox names it", async () => {
  opened();
  await fireEvent.input(input(), { target: { value: ">" } });
  await fireEvent.keyDown(input(), { key: "ArrowUp" });
  const id = input().getAttribute("aria-activedescendant") ?? "";
  expect(document.getElementById(id)).toHaveTextContent("Lock vault");
});

test("nothing found runs nothing", async () => {
  opened();
  await fireEvent.input(input(), { target: { value: "@nowhere" } });
  await waitFor(() => expect(labels()).toHaveLength(0));
  await fireEvent.keyDown(input(), { key: "Enter" });
  expect(session.palette).toBe(true);
});

test("Escape closes it and runs nothing", async () => {
  opened();
  await fireEvent.keyDown(input(), { key: "Escape" });
  expect(session.palette).toBe(false);
  expect(session.screen).toBe("drafts");
});

test("what is highlighted is text, never markup", () => {
  expect(highlight("<b>pay</b>", "pay")).toEqual([
    { text: "<b>", hit: false },
    { text: "pay", hit: true },
    { text: "</b>", hit: false },
  ]);
  expect(parse(" > lock ")).toEqual({ only: "commands", words: "lock" });
});

test("what is offered for a found draft is for that one, not for the one that is open", async () => {
  session.environments = [{ id: "e1", name: "staging", protected: false, kind: "SaaS", sandbox: false } as EnvironmentView];
  const host = fakeHost({
    draft_list: () => answer([{ ...row("payments"), pips: [{ environmentId: "e1", state: "matches" }] }]),
    publication_refresh: () => 0,
  });
  session.palette = true;
  render(Palette);
  await fireEvent.input(input(), { target: { value: "pay" } });
  await waitFor(() => expect(labels().join()).toContain("Check for drift"));
  await fireEvent.click(screen.getByText("Check for drift"));
  await waitFor(() => expect(host.of("publication_refresh")).toEqual([{ draftIds: ["payments"] }]));
});

test("words that fit no draft offer nothing to do with one", async () => {
  opened();
  await fireEvent.input(input(), { target: { value: "zzz" } });
  await waitFor(() => expect(labels()).toHaveLength(0));
});

test("an ID is copied from the draft that was found, and nothing is copied where there is none", async () => {
  session.environments = [{ id: "e1", name: "staging", protected: false, kind: "SaaS", sandbox: false } as EnvironmentView];
  let remoteId: string | null = "CREDENTIALS_VAULT-1";
  const host = fakeHost({
    draft_list: () => answer([{ ...row("payments"), pips: [{ environmentId: "e1", state: "matches" }] }]),
    draft_get: () => draftView({ publications: [{ environmentId: "e1", remoteId } as PublicationView] }),
    text_copy: () => null,
  });
  for (const id of ["CREDENTIALS_VAULT-1", null]) {
    remoteId = id;
    cleanup();
    session.palette = true;
    render(Palette);
    await fireEvent.input(input(), { target: { value: "pay" } });
    await fireEvent.click(await screen.findByText("Copy ID from staging"));
    await waitFor(() => expect(host.of("draft_get").length).toBeGreaterThan(id ? 0 : 1));
  }
  expect(host.of("text_copy")).toEqual([{ text: "CREDENTIALS_VAULT-1" }]);
});
