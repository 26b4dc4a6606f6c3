import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";
import type { ActivityEntry, Settings as AllSettings } from "../bindings/types";
import { dayName } from "../messages/activity";
import { session } from "../state/session.svelte";
import { toasts } from "../state/toasts.svelte";
import { fakeHost, problem } from "../testing/fakeHost";
import Activity from "./Activity.svelte";
import Settings from "./Settings.svelte";

const entry = (seq: number, part: Partial<ActivityEntry> = {}): ActivityEntry => ({
  seq, at: Date.now(), kind: "draftSaved", text: `Entry ${seq}`, draftId: null, draftName: null, environmentId: null, environmentName: null, attemptId: null, tone: "ok", details: [], ...part,
});
const settings: AllSettings = { theme: "system", autoLockMinutes: 10, clipboardSeconds: 30, density: "comfortable", lockWithSystem: true, lockOnStart: true };

beforeEach(() => {
  session.settings = settings;
  toasts.all = [];
});

test("the report is copied as Markdown, and a refusal copies nothing", async () => {
  let refuse = false;
  const host = fakeHost({
    activity_list: () => ({ entries: [entry(1)], nextBefore: null }),
    attempt_report: () => {
      if (refuse) throw problem("unreadable", "An attempt can't be read.");
      return { madeAt: "now", attempts: [], markdown: "# Sealpost" };
    },
    text_copy: () => null,
  });
  render(Activity);
  await fireEvent.click(screen.getByTestId("copy-report"));
  await waitFor(() => expect(host.of("text_copy")).toEqual([{ text: "# Sealpost" }]));
  refuse = true;
  await fireEvent.click(screen.getByTestId("copy-report"));
  await waitFor(() => expect(toasts.all.at(-1)?.title).toBe("An attempt can't be read."));
  expect(host.of("text_copy")).toHaveLength(1);
});

test("older entries are asked for by the number the last page gave, and none is shown twice", async () => {
  const host = fakeHost({
    activity_list: ({ before }) => (before === undefined ? { entries: [entry(9), entry(8)], nextBefore: 8 } : { entries: [entry(7)], nextBefore: null }),
  });
  render(Activity);
  await fireEvent.click(await screen.findByTestId("activity-more"));
  await waitFor(() => expect(screen.getAllByTestId("activity-row")).toHaveLength(3));
  expect(host.of("activity_list").map((args) => args.before)).toEqual([undefined, 8]);
  expect(screen.queryByTestId("activity-more")).toBeNull();
});

test("details are closed until they are asked for", async () => {
  fakeHost({ activity_list: () => ({ entries: [entry(1, { details: [{ label: "Server said", value: "no" }] })], nextBefore: null }) });
  render(Activity);
  const row = await screen.findByRole("button", { name: /Entry 1/ });
  expect(row).toHaveAttribute("aria-expanded", "false");
  expect(screen.queryByText("Server said")).toBeNull();
  await fireEvent.click(row);
  expect(screen.getByText("Server said")).toBeInTheDocument();
});

test("a log that can't be read says so instead of looking empty", async () => {
  fakeHost({
    activity_list: () => {
      throw problem("storage", "The log could not be read.");
    },
  });
  render(Activity);
  expect(await screen.findByTestId("problem")).toHaveTextContent("The log could not be read.");
  expect(screen.queryByText("Nothing has happened yet")).toBeNull();
});

test("yesterday is a date, not twenty-four hours ago", () => {
  const now = new Date(2026, 10, 24, 0, 30).getTime();
  expect(dayName(new Date(2026, 10, 23, 23, 50).getTime(), now)).toBe("Yesterday");
  expect(dayName(new Date(2026, 10, 24, 0, 10).getTime(), now)).toBe("Today");
});

test.each(["61", "-1", "1.5", ""])("%j minutes are not stored, and the field goes back to what is", async (typed) => {
  const host = fakeHost({ settings_set: ({ settings: all }) => all });
  render(Settings);
  const field = screen.getByTestId<HTMLInputElement>("set-auto-lock");
  await fireEvent.input(field, { target: { value: typed } });
  await fireEvent.change(field);
  expect(host.of("settings_set")).toHaveLength(0);
  expect(field).toHaveValue(10);
  expect(screen.getByRole("alert")).toHaveTextContent("Kept at 10");
});

test("a change stores every other setting as it was", async () => {
  const host = fakeHost({ settings_set: ({ settings: all }) => all });
  render(Settings);
  await fireEvent.click(screen.getByRole("radio", { name: "Compact" }));
  expect(host.of("settings_set")).toEqual([{ settings: { ...settings, density: "compact" } }]);
});

test("About names the version, the licence of the icons, and no affiliation", () => {
  fakeHost({});
  render(Settings);
  expect(screen.getByText(/^Sealpost \d+\.\d+\.\d+/)).toBeInTheDocument();
  expect(screen.getByText(/Not affiliated with/)).toBeInTheDocument();
  expect(screen.getByText(/ISC License/i)).toBeInTheDocument();
});

test("each protection says in words whether it is in force, and one that this version does not know is named", async () => {
  fakeHost({ protection_list: () => [{ name: "coreDumps", state: "on" }, { name: "memory", state: "off" }, { name: "screenCapture", state: "unavailable" }, { name: "later", state: "on" }] });
  render(Settings);
  expect(await screen.findByTestId("protection-coreDumps")).toHaveTextContent("No core dumpsA crash writes no memory to the disk.");
  expect(screen.getByTestId("protection-coreDumps")).toHaveTextContent(/On$/);
  expect(screen.getByTestId("protection-memory")).toHaveTextContent(/Off$/);
  expect(screen.getByTestId("protection-screenCapture")).toHaveTextContent(/Not on this system$/);
  expect(screen.getByTestId("protection-later")).toHaveTextContent("later");
});

test("a switch stores the setting it names and leaves the others", async () => {
  const host = fakeHost({ protection_list: () => [], settings_set: ({ settings: all }) => all });
  render(Settings);
  await fireEvent.click(screen.getByTestId("set-with-system"));
  await waitFor(() => expect(host.of("settings_set")[0]?.settings).toEqual({ ...settings, lockWithSystem: false }));
});

const backups = (part: object = {}) => ({ folder: "/v/backups", backups: [{ file: "a", made: "20261124-080000", why: "daily", bytes: 4096 }], kept: 7, lastDrill: null, ...part });

test("the copies, their folder and that none was read back yet are said", async () => {
  fakeHost({ protection_list: () => [], backup_status: () => backups() });
  render(Settings);
  await waitFor(() => expect(screen.getByTestId("backups")).toHaveTextContent("1 copy, the newest of"));
  expect(screen.getByTestId("backups")).toHaveTextContent("/v/backups");
  expect(screen.getByTestId("drill")).toHaveTextContent("No copy was read back yet.");
});

test("a copy that does not open whole is said in red, not shown as checked", async () => {
  const lastDrill = { at: Date.now(), file: "a", items: 9, drafts: 3, unreadable: 2, damage: [], sound: false };
  fakeHost({ protection_list: () => [], backup_status: () => backups({ lastDrill }) });
  render(Settings);
  await waitFor(() => expect(screen.getByTestId("drill")).toHaveTextContent("2 values of the copy did not open."));
  expect(screen.getByTestId("drill").querySelector(".bad")).not.toBeNull();
});

test("rows that something else changed are said in words of their own, not as values that do not open", async () => {
  const damage = ["rows were changed by something other than Sealpost"];
  const lastDrill = { at: Date.now(), file: "a", items: 9, drafts: 3, unreadable: 0, damage, sound: false };
  fakeHost({ protection_list: () => [], backup_status: () => backups({ lastDrill }) });
  render(Settings);
  await waitFor(() => expect(screen.getByTestId("drill")).toHaveTextContent("rows were changed by something other than Sealpost"));
  expect(screen.getByTestId("drill")).not.toHaveTextContent("did not open");
});

test("a backup that fails says why and claims nothing", async () => {
  fakeHost({
    protection_list: () => [],
    backup_status: () => backups({ backups: [] }),
    backup_now: () => {
      throw problem("diskFull", "The disk is full.");
    },
  });
  render(Settings);
  await waitFor(() => expect(screen.getByTestId("backups")).toHaveTextContent("There is no copy yet."));
  expect(screen.getByTestId("backup-drill")).toBeDisabled();
  await fireEvent.click(screen.getByTestId("backup-now"));
  await waitFor(() => expect(toasts.all.map(({ title }) => title)).toEqual(["The disk is full."]));
});
