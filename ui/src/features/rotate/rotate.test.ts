import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { DraftView, EnvironmentView, PlanView, PublicationView, RotatedEnvironment, RotationView } from "../../bindings/types";
import { publish } from "../../state/publish.svelte";
import { rotations } from "../../state/rotations.svelte";
import { session } from "../../state/session.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { draftView, page, reachable } from "../../testing/sampleDraft";
import RotateSheet from "./RotateSheet.svelte";

const SECRET = "zebra-rotated";
const PLAN: PlanView = { id: "p", madeAt: 0, fingerprint: "", environments: [], rows: [] };

function environment(id: string, name: string, guarded = false): EnvironmentView {
  return { id, revision: 1, name, url: "https://x.example", kind: "SaaS", environmentKey: null, tokenIdentifier: "", colour: "red", protected: guarded, readOnly: false, sandbox: false, caSubject: null, caNotAfter: null, proxy: "system", published: 1, unreadable: false, lastProbe: null };
}

const link = (environmentId: string) => ({ environmentId, environment: environmentId, colour: "red", protected: false, remoteId: "CREDENTIALS_VAULT-1", owner: "o", scopes: [], usage: [], state: "matches", publishedRevision: 3, publishedAt: 1, verifiedAt: 1, externalId: null, problem: null }) as unknown as PublicationView;

const previous = [{ revision: 2, savedAt: 1, published: true }];
const rotated = (part: Partial<RotatedEnvironment>): RotatedEnvironment => ({ environmentId: "e1", environment: "staging", colour: "red", protected: false, canary: false, state: "waiting", publishedRevision: 3, previous, ...part });
const rotation = (part: Partial<RotationView> = {}): RotationView => ({ draftId: "draft-1", draftName: "checkout-login", revision: 4, startedAt: 0, fields: ["password"], phase: "check", environments: [rotated({ canary: true, state: "done" }), rotated({ environmentId: "e2", environment: "prod" })], ...part });

beforeEach(() => {
  session.environments = [environment("e2", "prod", true), environment("e1", "staging")];
  rotations.all = [];
  rotations.open = "draft-1";
  toasts.all = [];
  publish.close();
});

function host(found: RotationView[] = [], extra: Parameters<typeof fakeHost>[0] = {}) {
  return fakeHost({
    draft_get: () => draftView({ publications: [link("e1"), link("e2")] }),
    rotation_list: () => found,
    rotation_start: () => rotation({ phase: "canary" }),
    rotation_plan: () => PLAN,
    rotation_roll_back: () => PLAN,
    rotation_roll_forward: () => draftView(),
    rotation_end: () => null,
    publish_plan: () => PLAN,
    ...extra,
  });
}

async function shown(found: RotationView[] = [], extra: Parameters<typeof fakeHost>[0] = {}) {
  const asked = host(found, extra);
  rotations.all = found;
  render(RotateSheet, { draftId: "draft-1" });
  await screen.findByTestId(found.length > 0 ? "rotate-phase" : "rotate-start");
  return asked;
}

test("a new secret goes to one environment first, which is not a protected one unless a person says so", async () => {
  const asked = await shown();
  expect(screen.getByTestId("rotate-start").hasAttribute("disabled")).toBe(true);
  await fireEvent.input(screen.getByTestId("secret-password-new"), { target: { value: SECRET } });
  await fireEvent.click(screen.getByTestId("rotate-start"));
  await vi.waitFor(() => expect(asked.of("rotation_plan")).toEqual([{ draftId: "draft-1", rest: false }]));
  expect(asked.of("rotation_start")).toEqual([{ start: { id: "draft-1", expectedRevision: 3, canary: ["e1"], secrets: { password: { do: "set", value: SECRET } } } }]);
  expect(publish.phase).toBe("plan");
  expect(reachable(rotations)).not.toContain(SECRET);
});

test("the typed secret is gone from the page once it is stored", async () => {
  await shown();
  await fireEvent.input(screen.getByTestId("secret-password-new"), { target: { value: SECRET } });
  expect(page()).toContain(SECRET);
  await fireEvent.click(screen.getByTestId("rotate-start"));
  await vi.waitFor(() => expect(page()).not.toContain(SECRET));
});

test("a refused start keeps what was typed, says why, and plans nothing", async () => {
  const asked = await shown([], { rotation_start: () => Promise.reject(problem("staleRevision", "The draft was saved again.")) });
  await fireEvent.input(screen.getByTestId("secret-password-new"), { target: { value: SECRET } });
  await fireEvent.click(screen.getByTestId("rotate-start"));
  await vi.waitFor(() => expect(toasts.all).toHaveLength(1));
  expect(asked.of("rotation_plan")).toHaveLength(0);
  expect((screen.getByTestId("secret-password-new") as HTMLInputElement).value).toBe(SECRET);
});

test("an environment with a secret of its own is not offered", async () => {
  const own = [{ environmentId: "e1", environment: "staging", colour: "red", fields: ["Password"], secrets: ["password" as const], certificate: null, rolledBack: false, issues: [] }];
  await shown([], { draft_get: () => draftView({ publications: [link("e1"), link("e2")], overrides: own }) });
  expect(screen.queryByTestId("canary-staging")).toBeNull();
  expect(screen.getByTestId("canary-prod").getAttribute("aria-checked")).toBe("true");
});

test("the rest follows only on a person's word, and not before the first one has the new secret", async () => {
  const asked = await shown([rotation()]);
  await fireEvent.click(screen.getByTestId("rotate-rest"));
  await vi.waitFor(() => expect(asked.of("rotation_plan")).toEqual([{ draftId: "draft-1", rest: true }]));
});

test.each(["canary", "done", "rolledBack"] as const)("in the phase %s nothing can be sent to the rest", async (phase) => {
  await shown([rotation({ phase })]);
  expect(screen.queryByTestId("rotate-rest")).toBeNull();
});

test("one environment goes back through a plan of its own", async () => {
  const asked = await shown([rotation()]);
  expect(screen.queryByTestId("back-prod"), "it has the secret of before").toBeNull();
  await fireEvent.click(screen.getByTestId("back-staging"));
  await fireEvent.click(screen.getByTestId("back-before"));
  await vi.waitFor(() => expect(asked.of("publish_plan")).toEqual([{ draftIds: ["draft-1"], environmentIds: ["e1"] }]));
  expect(asked.of("rotation_roll_back")).toEqual([{ draftId: "draft-1", environmentId: "e1" }]);
});

test("one that went back can take the new secret after all", async () => {
  const asked = await shown([rotation({ phase: "rolledBack", environments: [rotated({ canary: true, state: "rolledBack" })] })]);
  await fireEvent.click(screen.getByTestId("forward-staging"));
  await vi.waitFor(() => expect(asked.of("publish_plan")).toHaveLength(1));
  expect(asked.of("rotation_roll_forward")).toEqual([{ draftId: "draft-1", environmentId: "e1" }]);
});

test("a step that is closed comes back to the rotation", async () => {
  await shown([rotation()]);
  await fireEvent.click(screen.getByTestId("rotate-rest"));
  expect(rotations.open).toBeNull();
  await vi.waitFor(() => expect(publish.phase).toBe("plan"));
  publish.close();
  rotations.returned();
  expect(rotations.open).toBe("draft-1");
});

test("ending a rotation closes its sheet and sends nothing", async () => {
  const asked = await shown([rotation({ phase: "done" })]);
  await fireEvent.click(screen.getByTestId("rotate-end"));
  await vi.waitFor(() => expect(rotations.open).toBeNull());
  expect(asked.of("rotation_end")).toHaveLength(1);
  expect(asked.of("publish_plan")).toHaveLength(0);
});

const aws: DraftView["content"]["details"] = { type: "AWS_MONITORING_KEY_BASED", accessKeyID: "AKIAIOSFODNN7EXAMPLE", awsPartition: "DEFAULT" };
const snmp: DraftView["content"]["details"] = { type: "SNMPV3", username: "poller", securityLevel: "AUTH_PRIV", authenticationProtocol: "SHA256", privacyProtocol: "AES256" };
const published = { publications: [link("e1"), link("e2")] };
const type = (testid: string, value: string) => fireEvent.input(screen.getByTestId(testid), { target: { value } });

test("a key and its ID change in one step, and a key without a new ID is warned of", async () => {
  const asked = await shown([], { draft_get: () => draftView(published, { details: aws }) });
  await type("secret-secretKey-new", SECRET);
  expect(screen.getByText(/still the ID of before/)).toBeInTheDocument();
  await type("rotate-user", "AKIAI44QH8DHBEXAMPLE");
  expect(screen.queryByText(/still the ID of before/)).toBeNull();
  await fireEvent.click(screen.getByTestId("rotate-start"));
  await vi.waitFor(() => expect(asked.of("rotation_start")[0]?.start).toMatchObject({ user: "AKIAI44QH8DHBEXAMPLE", secrets: { secretKey: { do: "set", value: SECRET } } }));
});

test("both passwords of SNMP go together, and one that is left empty is not sent", async () => {
  const asked = await shown([], { draft_get: () => draftView(published, { details: snmp }) });
  expect(screen.getByText(/stays as it is/)).toBeInTheDocument();
  await type("secret-authenticationPassword-new", SECRET);
  await type("secret-privacyPassword-new", "zebra-private");
  await fireEvent.click(screen.getByTestId("rotate-start"));
  await vi.waitFor(() => expect(asked.of("rotation_start")).toHaveLength(1));
  expect(asked.of("rotation_start")[0]?.start.secrets).toEqual({ authenticationPassword: { do: "set", value: SECRET }, privacyPassword: { do: "set", value: "zebra-private" } });
  expect(asked.of("rotation_start")[0]?.start).not.toHaveProperty("user");
});

test("a user that was emptied, or changed without a secret, starts nothing", async () => {
  await shown();
  await type("rotate-user", "another");
  expect(screen.getByTestId("rotate-start")).toBeDisabled();
  await type("secret-password-new", SECRET);
  expect(screen.getByTestId("rotate-start")).toBeEnabled();
  await type("rotate-user", "");
  expect(screen.getByTestId("rotate-start")).toBeDisabled();
});
