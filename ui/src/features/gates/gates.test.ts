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
  return { state, folder: "/v", file: "/v/northwind.sealpost", name: "northwind", keySlots: [], unlockMode: "keyring", notices: [], unfinishedKey: null, keyring: "Test Keyring", drafts: null, environments: null, schema: null };
}

const withRecovery = (of: VaultStatus): VaultStatus => ({ ...of, keySlots: [{ kind: "recovery", createdAt: 0, store: null, needsKeyring: false }] });

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
  expect(screen.getByText("Step 1 of 3")).toBeInTheDocument();
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
  session.status = withRecovery(status("unlocked"));
  session.welcome = true;
  render(FirstRun);
  await fireEvent.click(screen.getByTestId("start-sandbox"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("The sandbox did not start.");
  expect(host.of("draft_samples")).toHaveLength(0);
  expect(session.welcome).toBe(true);
});

test("it warns twenty seconds before the vault locks, and activity takes the warning away", async () => {
  vi.useFakeTimers();
  try {
    const host = fakeHost({ activity_seen: () => null });
    session.settings = settings;
    render(AutoLock);
    await vi.advanceTimersByTimeAsync(39_000);
    expect(toasts.all).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(toasts.all[0]?.action?.label).toBe("Stay unlocked");
    await fireEvent.keyDown(document.body, { key: "a" });
    expect(toasts.all).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(host.of("vault_lock"), "counting and locking are Rust's").toHaveLength(0);
  } finally {
    vi.useRealTimers();
  }
});

test("somebody who types is told to Rust every few seconds, the last key too, and silence is not", async () => {
  vi.useFakeTimers();
  try {
    const host = fakeHost({ activity_seen: () => null });
    session.settings = settings;
    render(AutoLock);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(host.of("activity_seen"), "nobody typed").toHaveLength(0);
    for (let key = 0; key < 20; key++) {
      await fireEvent.keyDown(document.body, { key: "a" });
      await vi.advanceTimersByTimeAsync(600);
    }
    const during = host.of("activity_seen").length;
    expect(during).toBeGreaterThanOrEqual(2);
    expect(during).toBeLessThanOrEqual(4);
    await vi.advanceTimersByTimeAsync(6_000);
    const told = host.of("activity_seen");
    expect(told).toHaveLength(during + 1);
    const ago = (told.at(-1) as { agoMs: number }).agoMs;
    expect(ago, "when it was, and not when it is said").toBeGreaterThan(500);
    expect(ago).toBeLessThan(6_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(host.of("activity_seen"), "nothing more to say").toHaveLength(during + 1);
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

const CODE = "7QK2MX-4T9A0D-VRHEJ6-C8M3WY-P2FNBZ-K8S5GT-1HQ4XX-AAAAAA-BBBBBB";

function asksForRecovery(confirm: (groups: string[]) => VaultStatus) {
  session.status = status("unlocked");
  session.welcome = true;
  const host = fakeHost({ recovery_make: () => CODE, recovery_ask: () => [3, 7], recovery_confirm: ({ groups }) => confirm(groups) });
  const view = render(FirstRun);
  return { host, view };
}

async function typeGroups(third: string, seventh: string) {
  await fireEvent.input(await screen.findByTestId("recovery-type-3"), { target: { value: third } });
  await fireEvent.input(screen.getByTestId("recovery-type-7"), { target: { value: seventh } });
  await fireEvent.click(screen.getByTestId("recovery-confirm"));
}

test("a new vault shows its recovery code once and goes on when the two groups were typed back", async () => {
  const { host } = asksForRecovery(() => withRecovery(status("unlocked")));
  await waitFor(() => expect(screen.getAllByTestId("recovery-group")).toHaveLength(9));
  await typeGroups("vrhej6", "1hq4xx");
  await screen.findByTestId("start-sandbox");
  expect(host.of("recovery_confirm")[0]?.groups).toEqual(["vrhej6", "1hq4xx"]);
  expect(document.documentElement.outerHTML).not.toContain("7QK2MX");
});

test("no button stands below the code before the code does: it would move away under the pointer", async () => {
  let made: (code: string) => void = () => {};
  session.status = status("unlocked");
  session.welcome = true;
  fakeHost({ recovery_make: () => new Promise<string>((resolve) => (made = resolve)), recovery_ask: () => [3, 7] });
  render(FirstRun);
  expect(screen.queryByTestId("recovery-later")).toBeNull();
  made(CODE);
  await screen.findByTestId("recovery-later");
  expect(screen.getAllByTestId("recovery-group")).toHaveLength(9);
});

test("a wrong group stays on the code, says so, and the code is still the same", async () => {
  const { host } = asksForRecovery(() => {
    throw problem("invalid", "Group 3 is not what was shown.");
  });
  await typeGroups("AAAAAA", "1HQ4XX");
  expect(await screen.findByTestId("problem")).toHaveTextContent("Group 3 is not what was shown.");
  expect(host.of("recovery_make")).toHaveLength(1);
  expect(screen.getByTestId("recovery-code")).toHaveTextContent("7QK2MX");
  expect(screen.queryByTestId("start-sandbox")).toBeNull();
});

test("who makes the code later goes on, and no code is confirmed or left in the page", async () => {
  const { host } = asksForRecovery(() => status("unlocked"));
  await screen.findByText("7QK2MX");
  await fireEvent.click(screen.getByTestId("recovery-later"));
  await screen.findByTestId("start-sandbox");
  expect(host.of("recovery_confirm")).toHaveLength(0);
  expect(document.documentElement.outerHTML).not.toContain("7QK2MX");
});

test("a lost key is told together with the way back in, and what is typed there stays until it is right or given up", async () => {
  session.status = withRecovery(status("locked"));
  session.problem = problem("keyMissing", "The keyring has no key for this vault.");
  const host = fakeHost({
    keyring_check: () => check,
    vault_recover: () => {
      throw problem("wrongSecret", "That opens nothing here.");
    },
  });
  render(Locked);
  await fireEvent.click(screen.getByTestId("use-recovery"));
  await fireEvent.input(screen.getByTestId("recover-secret"), { target: { value: CODE } });
  const input = screen.getByTestId<HTMLInputElement>("recover-secret");
  await fireEvent.click(screen.getByTestId("recover"));
  await waitFor(() => expect(host.of("vault_recover")).toEqual([{ secret: CODE }]));
  expect(await screen.findByText("That opens nothing here.")).toBeInTheDocument();
  expect(input.value).toBe(CODE);
  await fireEvent.click(screen.getByText("Back"));
  expect(input.value).toBe("");
  expect(document.documentElement.outerHTML).not.toContain("7QK2MX");
});

test.each([["keyring", true, false], ["either", true, true], ["both", false, true], ["passphrase", false, true]] as const)("a vault that opens by %s offers exactly that", (unlockMode, keyring, passphrase) => {
  fakeHost({});
  session.status = { ...status("locked"), unlockMode };
  render(Locked);
  expect([screen.queryByTestId("unlock") !== null, screen.queryByTestId("unlock-passphrase") !== null]).toEqual([keyring, passphrase]);
  expect(screen.queryByTestId("use-recovery")).toBeNull();
});

test("a damaged vault offers its newest copy, and says where what was there is kept", async () => {
  session.problem = problem("vaultCorrupt", "The vault file is damaged.");
  const host = fakeHost({ backup_restore: () => ({ file: "a", kept: "vault.damaged", items: 4, drafts: 3, unreadable: 0 }), vault_status: () => status("locked") });
  render(Locked);
  await fireEvent.click(screen.getByTestId("restore-newest"));
  await waitFor(() => expect(host.of("backup_restore")).toHaveLength(1));
  expect(await screen.findByTestId("restored")).toHaveTextContent("Restored: 3 drafts. What was in its place is kept as vault.damaged.");
});

const unusable = { ...check, usable: false, summary: "No keyring answers.", hint: "Start one." };

test("without a keyring a passphrase alone makes the vault, typed twice, and goes on to the recovery code", async () => {
  session.status = status("absent");
  const host = fakeHost({ keyring_check: () => unusable, vault_create_with: () => ({ ...status("unlocked"), unlockMode: "passphrase" }), settings_get: () => settings, env_list: () => [], recovery_make: () => CODE, recovery_ask: () => [3, 7] });
  render(FirstRun);
  await fireEvent.click(await screen.findByTestId("without-keyring"));
  await fireEvent.input(screen.getByTestId("passphrase-first"), { target: { value: "zebra-horse-battery" } });
  await fireEvent.click(screen.getByTestId("create-with-passphrase"));
  expect(screen.getByText("Type the passphrase in both fields.")).toBeInTheDocument();
  expect(host.of("vault_create_with")).toHaveLength(0);
  await fireEvent.input(screen.getByTestId("passphrase-second"), { target: { value: "zebra-horse-battery" } });
  await fireEvent.click(screen.getByTestId("create-with-passphrase"));
  await waitFor(() => expect(screen.getAllByTestId("recovery-group")).toHaveLength(9));
  expect(host.of("vault_create_with")).toEqual([{ passphrase: "zebra-horse-battery" }]);
  expect(host.of("vault_create")).toHaveLength(0);
  expect(document.documentElement.outerHTML).not.toContain("zebra");
});

test("a passphrase is not offered where the keyring keeps the key", async () => {
  session.status = status("absent");
  fakeHost({ keyring_check: () => check });
  render(FirstRun);
  await waitFor(() => expect(screen.getByTestId("create-vault")).toBeEnabled());
  expect(screen.queryByTestId("without-keyring")).toBeNull();
});

test("on a new computer a backup becomes the vault, by its recovery code", async () => {
  session.status = status("absent");
  const host = fakeHost({
    keyring_check: () => check,
    file_choose: () => ({ file: "/media/stick/old.sealpost", bytes: 81_234 }),
    backup_restore_chosen: () => ({ file: "/media/stick/old.sealpost", kept: null, items: 12, drafts: 3, unreadable: 0 }),
    vault_status: () => status("locked"),
  });
  render(FirstRun);
  await fireEvent.click(screen.getByTestId("restore-file"));
  expect(await screen.findByTestId("restore-what")).toHaveTextContent("/media/stick/old.sealpost");
  expect(screen.getByTestId("restore-sheet")).not.toHaveTextContent("is kept beside it");
  await fireEvent.input(screen.getByTestId("restore-secret"), { target: { value: CODE } });
  await fireEvent.click(screen.getByTestId("restore-now"));
  await waitFor(() => expect(session.status?.state).toBe("locked"));
  expect(host.of("backup_restore_chosen")).toEqual([{ secret: CODE }]);
  expect(session.restored?.said).toBe("Restored: 3 drafts. Nothing was in its place.");
});
