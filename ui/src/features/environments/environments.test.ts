import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { EnvironmentView, ProbeView } from "../../bindings/types";
import Environments from "../../screens/Environments.svelte";
import { environmentForms } from "../../state/environmentForms.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { EnvironmentForm } from "../../state/environmentForm.svelte";
import { redactedReport } from "./report";

const TOKEN = "dt0c01.AAAAAAAAAAAAAAAAAAAAAAAA.SECRETPART";

function environment(part: Partial<EnvironmentView> = {}): EnvironmentView {
  return {
    id: "e1", revision: 3, name: "staging", url: "https://abc12345.live.dynatrace.com", kind: "SaaS", environmentKey: "abc12345", tokenIdentifier: "dt0c01.OLD",
    colour: "amber", protected: false, readOnly: false, sandbox: false, caSubject: null, caNotAfter: null, proxy: "system", published: 0, unreadable: false, lastProbe: null, ...part,
  };
}

const probe: ProbeView = {
  at: 0, reachable: true, ok: false, latencyMs: 84, owner: "alice@northwind.example", tokenExpiresAt: null, canWrite: false,
  checks: [
    { name: "credentialVault.read", result: "ok", word: "Granted", detail: "abc12345.live.dynatrace.com lists 3 sets of alice@northwind.example" },
    { name: "credentialVault.write", result: "failed", word: "Missing", detail: "Add the scope, then test again." },
  ],
};

function opened(list: EnvironmentView[], more: Parameters<typeof fakeHost>[0] = {}) {
  const stored = [...list];
  const host = fakeHost({
    env_list: () => [...stored],
    env_save: ({ save }) => {
      const saved = environment({ id: save.id ?? "e9", name: save.name, url: save.url, revision: 4, tokenIdentifier: "dt0c01.NEW" });
      stored.splice(0, stored.length, saved);
      return saved;
    },
    env_test: () => probe,
    env_delete: () => null,
    url_check: ({ url }) => ({ url, kind: "SaaS", note: "Recognised.", error: url.includes("http://bad") ? "Only https is taken." : "" }),
    text_copy: () => null,
    unsaved_keep: () => "environment:e1",
    unsaved_drop: () => null,
    ...more,
  });
  session.environments = list;
  render(Environments);
  return host;
}

const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const type = (id: string, value: string) => fireEvent.input(field(id), { target: { value } });

beforeEach(() => {
  environmentForms.clear();
  session.environmentId = null;
  session.environments = [];
  session.unreadableEnvironments = [];
  toasts.all = [];
});

test("a typed token is neither in the page nor in the state after it was saved", async () => {
  const host = opened([environment()]);
  await fireEvent.click(screen.getByTestId("env-token-replace"));
  await type("env-token", TOKEN);
  const input = field("env-token");
  await fireEvent.click(screen.getByTestId("env-save"));
  await waitFor(() => expect(screen.queryByTestId("env-token")).toBeNull());
  // Out of the page it may still be held by somebody.
  expect(input.value).toBe("");
  expect(host.of("env_save")[0]?.save.token).toEqual({ do: "set", value: TOKEN });
  expect(document.documentElement.outerHTML).not.toContain("SECRETPART");
  expect([...document.querySelectorAll("input")].map((input) => input.value).join()).not.toContain("SECRETPART");
  expect(JSON.stringify([session.environments, toasts.all])).not.toContain("SECRETPART");
});

test("a form never holds the token, not even while it is typed", async () => {
  opened([]);
  const form = new EnvironmentForm(null);
  form.tokenTyped = true;
  await form.save(TOKEN);
  const held = Object.getOwnPropertyNames(Object.getPrototypeOf(form)).concat(Object.keys(form)).map((key) => String((form as unknown as Record<string, unknown>)[key]));
  expect(held.join()).not.toContain("SECRETPART");
});

test("the stored token is not prefilled: only its identifier is shown", () => {
  opened([environment()]);
  expect(screen.getByTestId("env-token-stored")).toHaveTextContent("dt0c01.OLD");
  expect(screen.queryByTestId("env-token")).toBeNull();
});

test("keeping the previous token sends none, though one was typed", async () => {
  const host = opened([environment()]);
  await fireEvent.click(screen.getByTestId("env-token-replace"));
  await type("env-token", TOKEN);
  await fireEvent.click(screen.getByText("Keep previous"));
  await type("env-name", "staging-2");
  await fireEvent.click(screen.getByTestId("env-save"));
  await waitFor(() => expect(host.of("env_save")[0]?.save.token).toEqual({ do: "keep" }));
  expect(host.of("env_save")[0]?.save.expectedRevision).toBe(3);
});

test("a new environment can't be saved without a token", async () => {
  opened([]);
  await fireEvent.click(screen.getByTestId("env-add"));
  await type("env-name", "prod");
  await type("env-url", "https://abc12345.live.dynatrace.com");
  expect(screen.getByTestId("env-save")).toBeDisabled();
  await type("env-token", TOKEN);
  expect(screen.getByTestId("env-save")).toBeEnabled();
});

test("an address that can't be used says why and is not saved", async () => {
  opened([environment()]);
  await type("env-url", "http://bad");
  expect(await screen.findByText("Only https is taken.")).toBeInTheDocument();
  expect(screen.getByTestId("env-save")).toBeDisabled();
  expect(field("env-url")).toHaveAttribute("aria-invalid", "true");
});

test("a refused save keeps what was typed and says what to do", async () => {
  opened([environment()], {
    env_save: () => {
      throw problem("invalid", "Another environment has this name.", "Nothing was changed.", "Choose another name.");
    },
  });
  await type("env-name", "prod");
  await fireEvent.click(screen.getByTestId("env-save"));
  expect(await screen.findByTestId("problem")).toHaveTextContent("Choose another name.");
  expect(field("env-name")).toHaveValue("prod");
});

test("an unchanged environment is tested as stored, a changed one as typed", async () => {
  const host = opened([environment()]);
  await fireEvent.click(screen.getByTestId("env-test"));
  await waitFor(() => expect(host.of("env_test")[0]).toEqual({ id: "e1" }));
  await screen.findByText("Missing");
  await type("env-name", "other");
  await fireEvent.click(screen.getByTestId("env-test"));
  await waitFor(() => expect(host.of("env_test")[1]?.save?.name).toBe("other"));
  expect(host.of("env_test")[1]?.id).toBeUndefined();
});

test("each check has a word and not only a colour", async () => {
  opened([environment({ lastProbe: probe })]);
  expect(screen.getByText("Granted")).toBeInTheDocument();
  expect(screen.getByText("1 check failed")).toBeInTheDocument();
});

test("the copied report names neither address, owner nor token", () => {
  const text = redactedReport(probe, environment());
  for (const hidden of ["abc12345", "alice", "dt0c01", "live.dynatrace.com"]) expect(text).not.toContain(hidden);
  expect(text).toContain("credentialVault.write: Missing");
});

test("an environment with published sets can't be removed", async () => {
  const host = opened([environment({ published: 2 })]);
  await fireEvent.click(screen.getByTestId("env-remove"));
  expect(screen.getByTestId("env-remove-dialog")).toHaveTextContent("2 published sets are linked to it");
  expect(screen.queryByTestId("env-remove-confirm")).toBeNull();
  expect(host.of("env_delete")).toHaveLength(0);
});

test("removing asks first, starting on the safe button", async () => {
  const host = opened([environment()]);
  await fireEvent.click(screen.getByTestId("env-remove"));
  expect(screen.getByText("Cancel")).toHaveFocus();
  await fireEvent.click(screen.getByText("Cancel"));
  expect(host.of("env_delete")).toHaveLength(0);
});

test("a file that is no certificate is refused and changes nothing", async () => {
  const host = opened([environment()]);
  const file = new File(["not pem"], "ca.txt");
  Object.defineProperty(file, "text", { value: async () => "not pem" });
  await fireEvent.change(screen.getByTestId("env-ca"), { target: { files: [file] } });
  expect(await screen.findByRole("alert")).toHaveTextContent("The stored one is unchanged");
  await type("env-name", "x");
  await fireEvent.click(screen.getByTestId("env-save"));
  await waitFor(() => expect(host.of("env_save")).toHaveLength(1));
  expect(host.of("env_save")[0]?.save).not.toHaveProperty("caPem");
});

test("what was typed about one environment stays while another is looked at", async () => {
  vi.useRealTimers();
  opened([environment(), environment({ id: "e2", name: "prod" })]);
  await type("env-name", "staging-new");
  const [first, second] = screen.getAllByTestId("env-row");
  if (second) await fireEvent.click(second);
  expect(field("env-name")).toHaveValue("prod");
  if (first) await fireEvent.click(first);
  expect(field("env-name")).toHaveValue("staging-new");
});

test("a save over an older revision offers the stored one, and nothing is overwritten before", async () => {
  opened([environment()], {
    env_save: () => {
      throw problem("staleRevision", "Not saved: revision 4 was stored while revision 3 was being edited.");
    },
  });
  await type("env-name", "mine");
  await fireEvent.click(screen.getByTestId("env-save"));
  await screen.findByTestId("problem");
  session.environments = [environment({ revision: 4, name: "theirs" })];
  expect(field("env-name")).toHaveValue("mine");
  await fireEvent.click(screen.getByTestId("env-reload"));
  await waitFor(() => expect(field("env-name")).toHaveValue("theirs"));
});

test("a form in which nothing was typed follows what is stored", async () => {
  const host = opened([environment()]);
  session.environments = [environment({ revision: 7, name: "renamed" })];
  await waitFor(() => expect(field("env-name")).toHaveValue("renamed"));
  await type("env-name", "again");
  await fireEvent.click(screen.getByTestId("env-save"));
  await waitFor(() => expect(host.of("env_save")[0]?.save.expectedRevision).toBe(7));
});

test("an environment that does not open is named by its ID beside the others, and is offered for removal alone", async () => {
  const broken = environment({ id: "0193-broken", name: "Unreadable environment", url: "", kind: "Unreadable", readOnly: true, unreadable: true });
  const host = opened([], { env_list: () => [environment(), broken] });
  await session.refreshEnvironments();
  await waitFor(() => expect(screen.getByTestId("env-unreadable")).toHaveTextContent("0193-broken"));
  expect(session.environments.map(({ id }) => id)).toEqual(["e1"]);
  expect(screen.getAllByTestId("env-row")).toHaveLength(1);
  await fireEvent.click(screen.getByTestId("env-unreadable-remove"));
  await fireEvent.click(screen.getByTestId("env-remove-confirm"));
  await waitFor(() => expect(host.of("env_delete")).toEqual([{ id: "0193-broken" }]));
});

test("what is published to an environment that does not open keeps it from being removed", async () => {
  opened([], { env_list: () => [environment({ id: "0193-broken", name: "Unreadable environment", published: 2, unreadable: true })] });
  await session.refreshEnvironments();
  await waitFor(() => expect(screen.getByTestId("env-unreadable")).toHaveTextContent("IDs of the 2 sets published there"));
  await fireEvent.click(screen.getByTestId("env-unreadable-remove"));
  expect(screen.queryByTestId("env-remove-confirm")).toBeNull();
});
