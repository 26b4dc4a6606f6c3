import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { beforeEach, expect, test } from "vitest";
import type { EnvironmentView } from "../../bindings/types";
import { remote } from "../../state/remote.svelte";
import { toasts } from "../../state/toasts.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { driftView, remoteSet, remoteView } from "../../testing/sampleDrift";
import DriftPane from "./DriftPane.svelte";

const environment = { id: "env-0", name: "prod-eu", colour: "red", protected: true, lastProbe: null } as unknown as EnvironmentView;

async function opened(view = remoteView(), more: Parameters<typeof fakeHost>[0] = {}) {
  const host = fakeHost({ remote_seen: () => view, remote_look: () => view, drift_settle: () => driftView(), ...more });
  render(DriftPane, { environment });
  await screen.findByTestId("remote-sets");
  await waitFor(() => expect(remote.view).not.toBeNull());
  return host;
}

beforeEach(() => Object.assign(remote, { environmentId: "", view: null, problem: null, busy: null, chosen: {} }));

test("each field that differs shows both sides and can be accepted or ignored, by its path", async () => {
  const host = await opened();
  const open = screen.getByTestId("drift-field");
  expect(open).toHaveTextContent("ServiceNow incident webhook (EU)");
  await fireEvent.click(within(open).getByTestId("accept"));
  await waitFor(() => expect(host.of("drift_settle")).toEqual([{ draftId: "draft-4", environmentId: "env-0", paths: ["description"], how: "accept" }]));
});

test("what was settled, and what is ignored, is listed together and each can be taken back", async () => {
  const fields = driftView().fields.map((field, at) => ({ ...field, standing: at === 0 ? ("accepted" as const) : ("ignored" as const) }));
  const view = remoteView({ drift: [driftView({ state: "matches", fields })], ignored: [{ id: "SET-9", name: "theirs for good", type: "TOKEN" }] });
  const host = await opened(view, { remote_ignore: () => view });
  expect(screen.queryByTestId("drift")).toBeNull();
  expect(screen.getAllByTestId("settled-row").map((row) => within(row).getByTestId("stop-ignoring").textContent)).toEqual(["Compare again", "Stop ignoring", "Stop ignoring"]);
  await fireEvent.click(screen.getByRole("button", { name: "Stop ignoring: Scopes of servicenow-webhook" }));
  await waitFor(() => expect(host.of("drift_settle")).toEqual([{ draftId: "draft-4", environmentId: "env-0", paths: ["scopes"], how: "compare" }]));
  await waitFor(() => expect(remote.busy).toBeNull());
  await fireEvent.click(screen.getByRole("button", { name: "Stop ignoring theirs for good" }));
  await waitFor(() => expect(host.of("remote_ignore")).toEqual([{ environmentId: "env-0", remoteIds: ["SET-9"], ignore: false }]));
});

test("nothing settled and nothing ignored leaves no list of it", async () => {
  await opened(remoteView({ drift: [] }));
  expect(screen.queryByTestId("settled")).toBeNull();
});

test("ticked sets are ignored together", async () => {
  const host = await opened(remoteView(), { remote_ignore: () => remoteView() });
  await fireEvent.click(screen.getByLabelText("Select all sets"));
  await fireEvent.click(screen.getByTestId("ignore-selected"));
  await waitFor(() => expect(host.of("remote_ignore")[0]).toMatchObject({ ignore: true, remoteIds: [0, 1, 2].map((number) => remoteSet(number).id) }));
});

test("a set that is gone can be made again or forgotten, and not taken", async () => {
  const host = await opened(remoteView(), { drift_forget: () => null });
  const gone = screen.getAllByTestId("drift").find((one) => one.dataset.state === "missing") as HTMLElement;
  expect(within(gone).queryByTestId("drift-take-theirs")).toBeNull();
  await fireEvent.click(within(gone).getByTestId("forget"));
  await waitFor(() => expect(host.of("drift_forget")).toEqual([{ draftId: "draft-5", environmentId: "env-0" }]));
});

test("what could not be settled is said, and nothing is lost from the pane", async () => {
  await opened(remoteView(), {
    drift_settle: () => {
      throw problem("invalid", "Description is there as it was published.");
    },
  });
  await fireEvent.click(screen.getByTestId("ignore"));
  await waitFor(() => expect(remote.busy).toBeNull());
  expect(screen.getAllByTestId("drift")).toHaveLength(2);
});

test("ticked sets are adopted together, one that can't be is named, and of thousands only those in view are drawn", async () => {
  toasts.all = [];
  const sets = Array.from({ length: 2_000 }, (_, number) => remoteSet(number));
  const left = [{ id: sets[2]?.id ?? "", name: "tf-managed-grafana", problem: problem("invalid", "It is linked already.") }];
  const host = await opened(remoteView({ drift: [], unmanaged: sets }), { remote_adopt_all: () => ({ draftIds: ["draft-9"], left }) });
  expect(screen.getAllByTestId("remote-set").length).toBeLessThan(60);
  await fireEvent.click(screen.getByLabelText("Select loyalty-mobile-login"));
  await fireEvent.click(screen.getByLabelText("Select tf-managed-grafana"));
  await fireEvent.click(screen.getByTestId("adopt-selected"));
  await waitFor(() => expect(host.of("remote_adopt_all")).toEqual([{ environmentId: "env-0", remoteIds: [sets[0]?.id, sets[2]?.id] }]));
  await waitFor(() => expect(toasts.all.map((toast) => toast.title)).toEqual(["loyalty-mobile-login adopted", "1 set not adopted: tf-managed-grafana. It is linked already."]));
});

test("the pane has no finding", async () => {
  document.documentElement.lang = "en";
  await opened();
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(violations.map((one) => `${one.id} ${one.nodes[0]?.html}`)).toEqual([]);
});
