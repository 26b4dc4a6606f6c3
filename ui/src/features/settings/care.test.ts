import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { BackupStatus, DoctorReport, VaultStatus } from "../../bindings/types";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import Banners from "../shell/Banners.svelte";
import Backups from "./Backups.svelte";
import Doctor from "./Doctor.svelte";

const status: VaultStatus = { state: "unlocked", folder: "/v", file: "/v/vault.sealpost", name: "v", keySlots: [], unlockMode: "keyring", notices: [], unfinishedKey: null, keyring: "Test Keyring", drafts: 3, environments: 1, schema: 9 };
const copies: BackupStatus = {
  folder: "/v/backups",
  backups: ["vault-20261124-080000-daily.sealpost", "vault-20261120-080000-before-rekey.sealpost"].map((file, at) => ({ file, made: file.slice(6, 21), why: at === 0 ? "daily" : "before-rekey", bytes: 81_234 })),
  kept: 7,
  lastDrill: { at: 0, file: "vault-20261124-080000-daily.sealpost", items: 12, drafts: 3, unreadable: 0, damage: [], sound: true },
};
const healthy: DoctorReport = {
  healthy: true,
  keyring: { keyring: "Test Keyring", usable: true, summary: "It keeps what is written.", hint: "", steps: ["wrote"] },
  vault: status,
  problem: null,
  contents: { items: 12, drafts: 3, unreadable: [], damage: [] },
  backups: copies,
};

beforeEach(() => {
  toasts.all = [];
  session.status = status;
  vi.stubGlobal("location", { reload: vi.fn() });
});

async function chosen(answers: Parameters<typeof fakeHost>[0]) {
  const host = fakeHost({ backup_status: () => copies, vault_status: () => status, settings_get: () => session.settings, env_list: () => [], ...answers });
  await session.start();
  render(Backups);
  await waitFor(() => expect(screen.getByTestId("backup-list")).toBeEnabled());
  await fireEvent.click(screen.getByTestId("backup-list"));
  expect(screen.getAllByTestId("copy")).toHaveLength(2);
  await fireEvent.click(screen.getAllByTestId("restore-copy")[1] as HTMLElement);
  return host;
}

test("a copy is restored only after a second word, and the lock screen says where the old file is", async () => {
  const host = await chosen({
    backup_restore: () => {
      host.send({ event: "vaultChanged", state: "locked" });
      return { file: "b", kept: "/v/before-restore-1", items: 12, drafts: 3, unreadable: 0 };
    },
  });
  expect(host.of("backup_restore")).toHaveLength(0);
  await fireEvent.input(screen.getByTestId("restore-secret"), { target: { value: "7QK2MX" } });
  await fireEvent.click(screen.getByTestId("restore-now"));
  await waitFor(() => expect(location.reload).toHaveBeenCalledTimes(1));
  expect(host.of("backup_restore")).toEqual([{ file: "vault-20261120-080000-before-rekey.sealpost", secret: "7QK2MX" }]);
});

test("what a restore did is said by the page that comes after the lock, once", async () => {
  const host = await chosen({
    vault_status: () => ({ ...status, state: "locked" }),
    backup_restore: () => {
      host.send({ event: "vaultChanged", state: "locked" });
      return { file: "b", kept: "/v/before-restore-1", items: 12, drafts: 3, unreadable: 0 };
    },
  });
  session.status = status;
  await fireEvent.click(screen.getByTestId("restore-now"));
  await waitFor(() => expect(location.reload).toHaveBeenCalled());
  session.restored = null;
  await session.start();
  expect(session.restored).toEqual({ said: "Restored: 3 drafts. What was in its place is kept as /v/before-restore-1.", bad: false });
  await session.start();
  expect(session.restored).toBeNull();
});

test("what a restore did is said also when the news of the lock comes after the answer", async () => {
  const host = await chosen({ backup_restore: () => ({ file: "b", kept: null, items: 12, drafts: 3, unreadable: 0 }) });
  await fireEvent.click(screen.getByTestId("restore-now"));
  await waitFor(() => expect(location.reload).toHaveBeenCalled());
  host.send({ event: "vaultChanged", state: "locked" });
  expect(sessionStorage.getItem("sealpost.restored")).toContain("Restored: 3 drafts");
});

test("a copy that does not open leaves the open vault, and the page, as they are", async () => {
  await chosen({
    backup_restore: () => {
      throw problem("keyMissing", "The keyring has no key for this copy.");
    },
  });
  await fireEvent.click(screen.getByTestId("restore-now"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("no key for this copy");
  expect(location.reload).not.toHaveBeenCalled();
});

test("a dialog that was put away is no backup and no failure", async () => {
  const host = fakeHost({ backup_status: () => copies, backup_to_file: () => null });
  render(Backups);
  await fireEvent.click(screen.getByTestId("backup-to-file"));
  await waitFor(() => expect(host.of("backup_status")).toHaveLength(2));
  expect(toasts.all).toHaveLength(0);
});

async function examined(report: DoctorReport, answers: Parameters<typeof fakeHost>[0] = {}) {
  const host = fakeHost({ vault_doctor: () => report, doctor_save: () => report, ...answers });
  render(Doctor);
  await fireEvent.click(screen.getByTestId("doctor"));
  await screen.findByTestId("doctor-verdict");
  return host;
}

test("a sound vault is called so, with what was looked at", async () => {
  await examined(healthy);
  expect(screen.getByTestId("doctor-verdict").dataset.healthy).toBe("true");
  expect(screen.getByText("All 12 items opened, 3 drafts among them.")).toBeInTheDocument();
  expect(screen.getByText(/Last verified: .*12 items/)).toBeInTheDocument();
});

test("what does not open is named, and hundreds of it do not fill the page", async () => {
  const unreadable = Array.from({ length: 300 }, (_, at) => ({ what: "draft", id: `id-${at}`, column: "secrets" }));
  await examined({ ...healthy, healthy: false, contents: { items: 400, drafts: 300, unreadable, damage: ["rows were changed by something other than Sealpost"] } });
  expect(screen.getByTestId("doctor-verdict").dataset.healthy).toBe("false");
  expect(screen.getAllByText(/Does not open: draft/)).toHaveLength(20);
  expect(screen.getByText("And 280 more values; the report names them all.")).toBeInTheDocument();
  expect(screen.getByText(/rows were changed/)).toBeInTheDocument();
  expect(screen.queryByText(/items opened/)).toBeNull();
});

test("a report that could not be saved says so and keeps what was found", async () => {
  await examined(healthy, {
    doctor_save: () => {
      throw problem("readOnly", "The report could not be written.");
    },
  });
  await fireEvent.click(screen.getByTestId("doctor-save"));
  expect(await screen.findByText("The report could not be written.")).toBeInTheDocument();
  expect(toasts.all).toHaveLength(0);
  expect(screen.getByTestId("doctor-verdict")).toBeInTheDocument();
});

test("what is to be known of the vault stands above every screen until it is put away, and news of it is asked for", async () => {
  const notice = problem("olderCopy", "This vault file is older.", "Nothing was changed.", "Look for the newer file.");
  const host = fakeHost({ vault_status: () => ({ ...status, notices: [notice] }), settings_get: () => session.settings, env_list: () => [] });
  session.status = status;
  await session.start();
  session.status = status;
  render(Banners);
  expect(screen.queryByTestId("banner-notice")).toBeNull();
  host.send({ event: "vaultChanged", state: "unlocked" });
  expect(await screen.findByTestId("banner-notice")).toHaveTextContent("This vault file is older. Nothing was changed. Look for the newer file.");
  await fireEvent.click(screen.getByRole("button", { name: "Hide: This vault file is older." }));
  expect(screen.queryByTestId("banner-notice")).toBeNull();
});

const file = { file: "/media/stick/old.sealpost", bytes: 81_234 };

test("a file from elsewhere is chosen in the system's dialog, and restored only after a second word", async () => {
  const host = await chosen({
    file_choose: () => file,
    backup_restore_chosen: () => ({ file: file.file, kept: "/v/before-restore-1", items: 12, drafts: 3, unreadable: 0 }),
  });
  await fireEvent.click(screen.getByText("Back"));
  await fireEvent.click(screen.getByTestId("restore-file"));
  expect(await screen.findByTestId("restore-what")).toHaveTextContent("/media/stick/old.sealpost · 82 KB");
  expect(host.of("backup_restore_chosen")).toHaveLength(0);
  await fireEvent.input(screen.getByTestId("restore-secret"), { target: { value: "7QK2MX" } });
  await fireEvent.click(screen.getByTestId("restore-now"));
  await waitFor(() => expect(location.reload).toHaveBeenCalledTimes(1));
  // The page names no path: the program kept what was chosen.
  expect(host.of("backup_restore_chosen")).toEqual([{ secret: "7QK2MX" }]);
  expect(host.of("backup_restore")).toHaveLength(0);
});

test("a dialog for a file that was put away leaves the copies as they are", async () => {
  const host = await chosen({ file_choose: () => null });
  await fireEvent.click(screen.getByText("Back"));
  await fireEvent.click(screen.getByTestId("restore-file"));
  await waitFor(() => expect(host.of("file_choose")).toHaveLength(1));
  expect(screen.getAllByTestId("copy")).toHaveLength(2);
  expect(screen.queryByTestId("restore-sheet")).toBeNull();
});

test("an export asks for its passphrase twice, and stays if the dialog is put away", async () => {
  let put = true;
  const host = fakeHost({ backup_status: () => copies, portable_export: () => (put ? null : { file: "/tmp/a.age", drafts: 3, environments: 2, leftOut: 0 }) });
  render(Backups);
  await fireEvent.click(screen.getByTestId("portable-export"));
  await fireEvent.input(screen.getByTestId("passphrase-first"), { target: { value: "zebra-horse-battery" } });
  await fireEvent.click(screen.getByTestId("export-now"));
  expect(host.of("portable_export")).toHaveLength(0);
  await fireEvent.input(screen.getByTestId("passphrase-second"), { target: { value: "zebra-horse-battery" } });
  await fireEvent.click(screen.getByTestId("export-now"));
  await waitFor(() => expect(screen.getByTestId("export-now")).toBeEnabled());
  expect(screen.getByTestId("export-sheet")).toBeInTheDocument();
  expect(toasts.all).toHaveLength(0);
  put = false;
  await fireEvent.click(screen.getByTestId("export-now"));
  await waitFor(() => expect(screen.queryByTestId("export-sheet")).toBeNull());
  expect(toasts.all.map((one) => `${one.title}: ${one.text}`)).toEqual(["Exported and read back: 3 drafts, 2 environments"]);
  expect(document.documentElement.outerHTML).not.toContain("zebra");
});

test("an import says what was left out, and a wrong passphrase keeps the sheet", async () => {
  let right = false;
  const host = fakeHost({
    backup_status: () => copies,
    file_choose: () => ({ file: "/tmp/a.age", bytes: 900 }),
    portable_import_chosen: () => {
      if (!right) throw problem("invalid", "The passphrase does not open this file.");
      return { file: "/tmp/a.age", drafts: 1, environments: 0, leftOut: 2 };
    },
  });
  render(Backups);
  await fireEvent.click(screen.getByTestId("portable-import"));
  await fireEvent.input(await screen.findByTestId("import-passphrase"), { target: { value: "zebra-horse" } });
  await fireEvent.click(screen.getByTestId("import-now"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("does not open this file");
  right = true;
  await fireEvent.click(screen.getByTestId("import-now"));
  await waitFor(() => expect(screen.queryByTestId("import-sheet")).toBeNull());
  expect(toasts.all.map((one) => one.text)).toEqual(["1 draft, 0 environments; 2 left out"]);
  expect(host.of("portable_import_chosen")).toEqual([{ passphrase: "zebra-horse" }, { passphrase: "zebra-horse" }]);
});
