import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";
import type { KeySlotView, UnfinishedKey, UnlockMode, VaultStatus } from "../../bindings/types";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import DataKey from "./DataKey.svelte";
import Recovery from "./Recovery.svelte";
import WaysIn from "./WaysIn.svelte";

const slot = (kind: string): KeySlotView => ({ kind, createdAt: 0, store: null, needsKeyring: false });

function status(unlockMode: UnlockMode, kinds: string[]): VaultStatus {
  return { state: "unlocked", folder: "/v", file: "/v/vault.sealpost", name: "v", keySlots: kinds.map(slot), unlockMode, notices: [], unfinishedKey: null, keyring: "Test Keyring", drafts: 3, environments: 1, schema: 9 };
}

const CODE = "7QK2MX-4T9A0D-VRHEJ6-C8M3WY-P2FNBZ-K8S5GT-1HQ4XX-AAAAAA-BBBBBB";
const type = (testid: string, value: string) => fireEvent.input(screen.getByTestId(testid), { target: { value } });

beforeEach(() => {
  toasts.all = [];
});

async function ways(mode: UnlockMode, kinds: string[], answers: Parameters<typeof fakeHost>[0] = {}) {
  session.status = status(mode, kinds);
  const host = fakeHost({ passphrase_set: ({ mode: set }) => status(set, [...kinds, "passphrase"]), passphrase_remove: () => status("keyring", ["keyring"]), ...answers });
  render(WaysIn);
  await fireEvent.click(screen.getByTestId("ways-change"));
  return host;
}

test.each(["either", "both", "passphrase"] as const)("a passphrase is set for %s, and is in the page no more", async (mode) => {
  const host = await ways("keyring", ["keyring", "recovery"]);
  await fireEvent.click(screen.getByTestId(`way-${mode}`));
  await type("passphrase-first", "correct horse battery");
  await type("passphrase-second", "correct horse battery");
  const input = screen.getByTestId<HTMLInputElement>("passphrase-first");
  await fireEvent.click(screen.getByTestId("ways-save"));
  await waitFor(() => expect(screen.queryByTestId("ways-sheet")).toBeNull());
  expect(host.of("passphrase_set")).toEqual([{ passphrase: "correct horse battery", mode }]);
  expect(input.value).toBe("");
  expect(screen.getByTestId("ways-in").dataset.mode).toBe(mode);
});

test.each([["correct horse", "correct horde"], ["", ""], ["correct horse", ""]])("%j and %j are no passphrase", async (first, second) => {
  const host = await ways("keyring", ["keyring"]);
  await fireEvent.click(screen.getByTestId("way-both"));
  await type("passphrase-first", first);
  await type("passphrase-second", second);
  await fireEvent.click(screen.getByTestId("ways-save"));
  expect(screen.getByRole("alert")).toBeInTheDocument();
  expect(host.of("passphrase_set")).toHaveLength(0);
});

test("what was refused stays typed, and the vault opens as before", async () => {
  await ways("keyring", ["keyring"], {
    passphrase_set: () => {
      throw problem("invalid", "A passphrase has at least 8 characters.");
    },
  });
  await fireEvent.click(screen.getByTestId("way-either"));
  await type("passphrase-first", "short");
  await type("passphrase-second", "short");
  await fireEvent.click(screen.getByTestId("ways-save"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("at least 8 characters");
  expect(screen.getByTestId<HTMLInputElement>("passphrase-second").value).toBe("short");
  expect(screen.getByTestId("ways-in").dataset.mode).toBe("keyring");
});

test("without a recovery code a passphrase is warned of, with one it is not", async () => {
  await ways("keyring", ["keyring"]);
  expect(screen.getByTestId("ways-save")).toBeDisabled();
  await fireEvent.keyDown(screen.getByTestId("way-keyring"), { key: "ArrowDown" });
  expect(screen.getByText(/make a code first/)).toBeInTheDocument();
});

test("the passphrase goes by a command that leaves the keyring, never by taking its slot away alone", async () => {
  const host = await ways("both", ["passphrase", "recovery"]);
  expect(screen.queryByText(/make a code first/)).toBeNull();
  await fireEvent.click(screen.getByTestId("way-keyring"));
  await fireEvent.click(screen.getByTestId("ways-save"));
  await waitFor(() => expect(host.of("passphrase_remove")).toHaveLength(1));
  expect(host.of("slot_remove")).toHaveLength(0);
});

async function rekey(mode: UnlockMode, kinds: string[], answers: Parameters<typeof fakeHost>[0] = {}) {
  session.status = status(mode, kinds);
  const host = fakeHost({ recovery_make: () => CODE, recovery_ask: () => [3, 7], vault_rekey: () => ({ items: 12, backup: "b" }), vault_status: () => status(mode, kinds), settings_get: () => session.settings, env_list: () => [], ...answers });
  await session.start();
  render(DataKey);
  await fireEvent.click(screen.getByTestId("rekey"));
  return host;
}

test("a new key needs the new code typed back and the passphrase, and shows how far it is", async () => {
  let finish: () => void = () => {};
  const host = await rekey("either", ["keyring", "recovery", "passphrase"], { vault_rekey: () => new Promise((resolve) => (finish = () => resolve({ items: 1200, backup: "b" }))) });
  await type("recovery-type-3", await screen.findByTestId("recovery-type-3").then(() => "vrhej6"));
  await type("recovery-type-7", "1hq4xx");
  await type("rekey-passphrase", "correct horse battery");
  await fireEvent.click(screen.getByTestId("recovery-confirm"));
  host.send({ event: "rekeyMoved", done: 300, total: 1200 });
  expect(await screen.findByText("300 of 1,200")).toBeInTheDocument();
  await fireEvent.keyDown(screen.getByTestId("rekey-sheet"), { key: "Escape" });
  expect(screen.getByTestId("rekey-progress")).toHaveValue(300);
  finish();
  await waitFor(() => expect(screen.queryByTestId("rekey-sheet")).toBeNull());
  expect(host.of("vault_rekey")).toEqual([{ groups: ["vrhej6", "1hq4xx"], passphrase: "correct horse battery" }]);
  expect(toasts.all[0]).toMatchObject({ text: "1,200 items encrypted again" });
});

test("a vault without code and passphrase is given a new key at once, and a failure says what was kept", async () => {
  const host = await rekey("keyring", ["keyring"], {
    vault_rekey: () => {
      throw problem("unreadable", "A draft does not open.", "The vault opens as before.");
    },
  });
  await fireEvent.click(screen.getByTestId("rekey-start"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("The vault opens as before.");
  expect(host.of("vault_rekey")).toEqual([{ groups: [] }]);
  expect(host.of("recovery_make")).toHaveLength(0);
  expect(screen.getByTestId("rekey-start")).toBeEnabled();
});

async function begun(needs: UnfinishedKey["needs"], answers: Parameters<typeof fakeHost>[0]) {
  const kinds = ["keyring", "recovery", "passphrase"];
  const unfinishedKey = { startedAt: session.now, done: 120, total: 4000, needs };
  const host = fakeHost({ vault_status: () => ({ ...status("either", kinds), unfinishedKey }), settings_get: () => session.settings, env_list: () => [], ...answers });
  await session.start();
  render(DataKey);
  expect(screen.getByTestId("data-key")).toHaveTextContent("120 of 4,000 items");
  return host;
}

test("a key that was begun is finished without a second code, and asks only for what opens it", async () => {
  const host = await begun("nothing", { vault_rekey_resume: () => ({ items: 4000, backup: "b" }) });
  await fireEvent.click(screen.getByTestId("rekey"));
  expect(screen.queryByTestId("rekey-passphrase")).toBeNull();
  await fireEvent.click(screen.getByTestId("rekey-start"));
  await waitFor(() => expect(screen.queryByTestId("rekey-sheet")).toBeNull());
  expect(host.of("vault_rekey_resume")).toEqual([{}]);
  expect(host.of("recovery_make")).toHaveLength(0);
  expect(host.of("vault_rekey")).toHaveLength(0);
});

test.each([["passphrase", "Passphrase of the vault"], ["recoveryCode", "Recovery code that was shown then"]] as const)("what a begun key needs (%s) is asked for, and a wrong one can be typed again", async (needs, label) => {
  const host = await begun(needs, {
    vault_rekey_resume: () => {
      throw problem("wrongSecret", "This does not open this vault.");
    },
  });
  await fireEvent.click(screen.getByTestId("rekey"));
  expect(screen.getByLabelText(label)).toBe(screen.getByTestId("rekey-passphrase"));
  await type("rekey-passphrase", "zebra-horse");
  await fireEvent.click(screen.getByTestId("rekey-start"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("does not open");
  expect(host.of("vault_rekey_resume")).toEqual([{ secret: "zebra-horse" }]);
  expect(screen.getByTestId("rekey-start")).toBeEnabled();
});

test("what failed after it was begun is finished from the same sheet, without a second code", async () => {
  const kinds = ["keyring", "recovery"];
  let begun = false;
  const host = await rekey("keyring", kinds, {
    vault_rekey: () => {
      begun = true;
      throw problem("vaultBusy", "Another process is writing to the vault.");
    },
    vault_status: () => ({ ...status("keyring", kinds), unfinishedKey: begun ? { startedAt: 0, done: 12, total: 12, needs: "nothing" as const } : null }),
    vault_rekey_resume: () => ({ items: 12, backup: "b" }),
  });
  await type("recovery-type-3", await screen.findByTestId("recovery-type-3").then(() => "vrhej6"));
  await type("recovery-type-7", "1hq4xx");
  await fireEvent.click(screen.getByTestId("recovery-confirm"));
  await fireEvent.click(await screen.findByTestId("rekey-start"));
  await waitFor(() => expect(screen.queryByTestId("rekey-sheet")).toBeNull());
  expect(host.of("vault_rekey_resume")).toEqual([{}]);
  expect(host.of("recovery_make")).toHaveLength(1);
});

test("a begun key is forgotten only after a question", async () => {
  const host = await begun("nothing", { vault_rekey_discard: () => status("keyring", ["keyring"]) });
  await fireEvent.click(screen.getByTestId("rekey-forget"));
  expect(host.of("vault_rekey_discard")).toHaveLength(0);
  await fireEvent.click(screen.getByTestId("rekey-forget-now"));
  await waitFor(() => expect(screen.queryByTestId("rekey-forget")).toBeNull());
  expect(host.of("vault_rekey_discard")).toEqual([{}]);
  expect(screen.getByTestId("data-key")).not.toHaveTextContent("not finished");
});

async function recovery(kinds: string[], open: string, answers: Parameters<typeof fakeHost>[0]) {
  session.status = status("keyring", kinds);
  const host = fakeHost(answers);
  render(Recovery);
  await fireEvent.click(screen.getByTestId(open));
  return host;
}

test("a code that is checked changes nothing, and one that does not open says so", async () => {
  let right = false;
  const host = await recovery(["keyring", "recovery"], "recovery-check", {
    unlock_test: () => {
      if (!right) throw problem("wrongSecret", "That opens nothing here.");
      return status("keyring", ["keyring", "recovery"]);
    },
  });
  await type("check-code-typed", CODE);
  await fireEvent.click(screen.getByTestId("check-code-now"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("That opens nothing here.");
  expect(screen.queryByTestId("code-opens")).toBeNull();
  right = true;
  await fireEvent.click(screen.getByTestId("check-code-now"));
  expect(await screen.findByTestId("code-opens")).toBeInTheDocument();
  expect(screen.getByTestId<HTMLInputElement>("check-code-typed").value).toBe("");
  expect(host.of("vault_recover")).toHaveLength(0);
});

test("the code goes to the clipboard by Rust, which is told nothing of it, and can be cleared at once", async () => {
  const host = await recovery(["keyring"], "recovery-make", { recovery_make: () => CODE, recovery_ask: () => [3, 7], recovery_copy: () => ({ clearsInSeconds: 30 }), clipboard_clear: () => null });
  await fireEvent.click(await screen.findByTestId("recovery-copy"));
  await fireEvent.click(await screen.findByText("Clear now"));
  expect(host.of("recovery_copy")).toEqual([{}]);
  expect(host.of("clipboard_clear")).toHaveLength(1);
  expect(host.of("text_copy")).toHaveLength(0);
  expect(screen.queryByText(/The clipboard clears/)).toBeNull();
});

test("a code goes only after a question, and never as the last way in", async () => {
  const host = await recovery(["keyring", "recovery"], "recovery-remove", { slot_remove: () => status("keyring", ["keyring"]) });
  expect(host.of("slot_remove")).toHaveLength(0);
  await fireEvent.click(screen.getByTestId("recovery-remove-now"));
  await waitFor(() => expect(host.of("slot_remove")).toEqual([{ kind: "recovery" }]));
  session.status = status("keyring", ["recovery"]);
  await waitFor(() => expect(screen.getByTestId("recovery-remove")).toBeDisabled());
});
