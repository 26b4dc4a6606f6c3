import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import axe from "axe-core";
import { beforeEach, expect, test } from "vitest";
import type { EnvironmentView } from "../../bindings/types";
import { remote } from "../../state/remote.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { driftView, remoteSet, remoteView } from "../../testing/sampleDrift";
import DriftPane from "./DriftPane.svelte";

const environment = { id: "env-0", name: "prod-eu", colour: "red", protected: true, lastProbe: null } as unknown as EnvironmentView;

async function opened(view = remoteView(), more: Parameters<typeof fakeHost>[0] = {}) {
  const host = fakeHost({ remote_seen: () => view, remote_look: () => view, drift_settle: () => driftView(), ...more });
  render(DriftPane, { environment });
  await screen.findAllByTestId(view.drift.length > 0 ? "drift" : "remote-sets");
  await waitFor(() => expect(remote.view).not.toBeNull());
  return host;
}

beforeEach(() => Object.assign(remote, { environmentId: "", view: null, problem: null, busy: null, chosen: {} }));

test("each field that differs shows both sides and can be accepted or ignored, by its path", async () => {
  const host = await opened();
  const [open, settled] = screen.getAllByTestId("drift-field");
  expect(open).toHaveTextContent("ServiceNow incident webhook (EU)");
  await fireEvent.click(within(open as HTMLElement).getByTestId("accept"));
  await waitFor(() => expect(host.of("drift_settle")).toEqual([{ draftId: "draft-4", environmentId: "env-0", paths: ["description"], how: "accept" }]));
  expect(within(settled as HTMLElement).queryByTestId("accept")).toBeNull();
  await fireEvent.click(within(settled as HTMLElement).getByTestId("compare"));
  await waitFor(() => expect(host.of("drift_settle")[1]).toMatchObject({ paths: ["scopes"], how: "compare" }));
});

test("a set with nothing left to settle offers neither side", async () => {
  const fields = driftView().fields.map((field) => ({ ...field, standing: "accepted" as const }));
  await opened(remoteView({ drift: [driftView({ state: "matches", fields })] }));
  expect(screen.queryByTestId("drift-keep-mine")).toBeNull();
  expect(screen.getByTestId("drift")).toHaveTextContent("Nothing left to settle");
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

test("ticked sets are adopted one after the other, and of thousands only those in view are drawn", async () => {
  const sets = Array.from({ length: 2_000 }, (_, number) => remoteSet(number));
  const host = await opened(remoteView({ drift: [], unmanaged: sets }), { remote_adopt: ({ remoteId }) => ({ id: remoteId }) as never });
  expect(screen.getAllByTestId("remote-set").length).toBeLessThan(60);
  await fireEvent.click(screen.getByLabelText("Select loyalty-mobile-login"));
  await fireEvent.click(screen.getByLabelText("Select tf-managed-grafana"));
  await fireEvent.click(screen.getByTestId("adopt-selected"));
  await waitFor(() => expect(host.of("remote_adopt").map(({ remoteId }) => remoteId)).toEqual([sets[0]?.id, sets[2]?.id]));
});

test("the pane has no finding", async () => {
  document.documentElement.lang = "en";
  await opened();
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(violations.map((one) => `${one.id} ${one.nodes[0]?.html}`)).toEqual([]);
});
