import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { Code, KeyringCheck, Settings, VaultStatus } from "../../bindings/types";
import FirstRun from "../../screens/FirstRun.svelte";
import Locked from "../../screens/Locked.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import AutoLock from "./AutoLock.svelte";

const settings: Settings = { theme: "system", autoLockMinutes: 1, clipboardSeconds: 30, density: "comfortable", lockWithSystem: true, lockOnStart: true };
const check: KeyringCheck = { keyring: "Test Keyring", usable: true, summary: "Keeps what is written.", hint: "", steps: ["collection: found", "second process: read"] };

function status(state: VaultStatus["state"]): VaultStatus {
  return { state, folder: "/v", file: "/v/northwind.sealpost", name: "northwind", keySlots: [], unlockMode: "keyring", notices: [], keyring: "Test Keyring", drafts: null, environments: null, schema: null };
}

beforeEach(() => {
  session.status = status("locked");
  session.problem = null;
  session.waiting = false;
  session.welcome = false;
  toasts.all = [];
});

const OBSTACLES: Code[] = ["keyMissing", "keyWrong", "keyringDenied", "keyringAbsent", "keyringNoAnswer", "keyringNotPersistent", "vaultTooNew", "vaultCorrupt", "readOnly", "storage"];

test.each(OBSTACLES)("%s shows what happened, what was kept and what to do", async (code) => {
  fakeHost({ keyring_check: () => check });
  session.problem = problem(code, `Title of ${code}.`, `Detail of ${code}.`, `Hint of ${code}.`);
  render(Locked);
  expect(screen.getByTestId("screen-keyring-error")).toBeInTheDocument();
  expect(screen.getByRole("heading")).toHaveTextContent(`Title of ${code}`);
  for (const part of ["Detail", "Hint"]) expect(screen.getByText(`${part} of ${code}.`)).toBeInTheDocument();
});

test.each(["vaultBusy", "diskFull", "internal"] as Code[])("%s leaves the way in where it was, and says all of it", (code) => {
  fakeHost({});
  session.problem = problem(code, "Title.", "Detail.", "Hint.");
  render(Locked);
  expect(screen.getByTestId("unlock")).toBeInTheDocument();
  expect(screen.getByTestId("problem")).toHaveTextContent("Title. Detail. Hint.");
});

test("a keyring's problem lists what was tried", async () => {
  fakeHost({ keyring_check: () => ({ ...check, usable: false }) });
  session.problem = problem("keyringAbsent", "No keyring.");
  render(Locked);
  expect(await screen.findByTestId("keyring-steps")).toHaveTextContent("second process: read");
});

test("a file's problem does not blame the keyring", () => {
  const host = fakeHost({});
  session.problem = problem("vaultTooNew", "Newer.");
  render(Locked);
  expect(screen.queryByText("What was tried")).toBeNull();
  expect(screen.getByTestId("try-again")).not.toHaveTextContent("keyring");
  expect(host.of("keyring_check")).toHaveLength(0);
});

test("waiting for the keyring says so, and a second press does not ask twice", async () => {
  const host = fakeHost({ vault_unlock: () => new Promise(() => undefined) });
  render(Locked);
  const unlock = screen.getByTestId("unlock");
  await fireEvent.click(unlock);
  await fireEvent.click(unlock);
  expect(screen.getByText("Waiting for your keyring…")).toBeInTheDocument();
  expect(host.of("vault_unlock")).toHaveLength(1);
  expect(unlock).not.toBeDisabled();
});

test("no vault can be created while the keyring would not keep its key", async () => {
  fakeHost({ keyring_check: () => ({ ...check, usable: false, summary: "Forgets everything.", hint: "Use another." }) });
  session.status = status("absent");
  render(FirstRun);
  expect(await screen.findByTestId("keyring-unusable")).toHaveTextContent("Forgets everything. Use another.");
  expect(screen.getByTestId("create-vault")).toBeDisabled();
});

test("a create that fails stays on the first step with the whole problem", async () => {
  fakeHost({
    keyring_check: () => check,
    vault_create: () => {
      throw problem("readOnly", "The folder can't be written.", "Nothing was made.", "Choose another.");
    },
  });
  session.status = status("absent");
  render(FirstRun);
  await waitFor(() => expect(screen.getByTestId("create-vault")).toBeEnabled());
  await fireEvent.click(screen.getByTestId("create-vault"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("The folder can't be written. Nothing was made. Choose another.");
  expect(screen.getByText("Step 1 of 2")).toBeInTheDocument();
});

test("there is no input for a passphrase that does not exist yet", () => {
  fakeHost({ keyring_check: () => check });
  session.status = status("absent");
  render(FirstRun);
  expect(document.querySelectorAll("input")).toHaveLength(0);
});

test("a sandbox that does not start keeps the welcome open and makes no samples", async () => {
  const host = fakeHost({
    sandbox_start: () => {
      throw problem("network", "The sandbox did not start.");
    },
  });
  session.status = status("unlocked");
  session.welcome = true;
  render(FirstRun);
  await fireEvent.click(screen.getByTestId("start-sandbox"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("The sandbox did not start.");
  expect(host.of("draft_samples")).toHaveLength(0);
  expect(session.welcome).toBe(true);
});

test("it warns twenty seconds before it locks, and activity takes the warning away", async () => {
  vi.useFakeTimers();
  try {
    const host = fakeHost({ vault_lock: () => new Promise(() => undefined) });
    session.settings = settings;
    render(AutoLock);
    await vi.advanceTimersByTimeAsync(39_000);
    expect(toasts.all).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(toasts.all[0]?.action?.label).toBe("Stay unlocked");
    await fireEvent.keyDown(document.body, { key: "a" });
    expect(toasts.all).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(host.of("vault_lock")).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(host.of("vault_lock")).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test("zero minutes never locks", async () => {
  vi.useFakeTimers();
  try {
    const host = fakeHost({});
    session.settings = { ...settings, autoLockMinutes: 0 };
    render(AutoLock);
    await vi.advanceTimersByTimeAsync(3_700_000);
    expect(host.of("vault_lock")).toHaveLength(0);
    expect(toasts.all).toHaveLength(0);
  } finally {
    vi.useRealTimers();
  }
});

async function started(opens: string | null) {
  sessionStorage.clear();
  if (opens === null) localStorage.removeItem("sealpost.opensOnStart");
  else localStorage.setItem("sealpost.opensOnStart", opens);
  const host = fakeHost({ vault_status: () => status("locked"), vault_unlock: () => status("unlocked"), vault_lock: () => status("locked"), settings_get: () => settings, env_list: () => [] });
  await session.start();
  return host;
}

test.each([null, "no", "maybe"])("a start with %j stored asks before it opens", async (stored) => {
  expect((await started(stored)).of("vault_unlock")).toHaveLength(0);
});

test("a vault that opens at start opens once: a lock, which loads the page anew, stays one", async () => {
  const host = await started("yes");
  expect(host.of("vault_unlock")).toHaveLength(1);
  session.status = status("locked");
  await session.start();
  expect(host.of("vault_unlock")).toHaveLength(1);
});

test("what the settings say of the start is there before the vault is open", () => {
  for (const [lockOnStart, stored] of [[true, "no"], [false, "yes"]] as const) {
    session.settings = { ...settings, lockOnStart };
    session.applyTheme();
    expect(localStorage.getItem("sealpost.opensOnStart")).toBe(stored);
  }
});

test("a system that wants it locked is obeyed at once", async () => {
  vi.stubGlobal("location", { reload: vi.fn() });
  const host = await started(null);
  session.status = status("unlocked");
  host.send({ event: "lockWanted" });
  await waitFor(() => expect(host.of("vault_lock")).toHaveLength(1));
});
