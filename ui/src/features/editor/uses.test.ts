import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeEach, expect, test } from "vitest";
import type { EnvironmentView, PublicationView, UseView } from "../../bindings/types";
import { session } from "../../state/session.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { draftView } from "../../testing/sampleDraft";
import PublishedTo from "./PublishedTo.svelte";

const environment = (id: string, name: string) => ({ id, name, colour: "red", protected: false }) as unknown as EnvironmentView;
const publication = (id: string, name: string, remoteId: string | null) =>
  ({ environmentId: id, environment: name, colour: "red", protected: false, remoteId, owner: null, scopes: [], usage: [], state: "matches", publishedAt: null, problem: null, externalId: null }) as unknown as PublicationView;
const uses: UseView[] = [
  { key: "terraform", title: "Terraform", language: "hcl", text: "import {}" },
  { key: "curl", title: "curl", language: "sh", text: "curl x" },
];

function shown() {
  const view = draftView({ publications: [publication("e1", "staging", "CREDENTIALS_VAULT-1"), publication("e2", "prod", null)] });
  render(PublishedTo, { view, onhistory: () => undefined, onpublish: () => undefined });
}

beforeEach(() => {
  session.environments = [environment("e1", "staging"), environment("e2", "prod")];
});

test("the texts are those of the environment that was chosen, and what is copied is what is shown", async () => {
  const host = fakeHost({ draft_uses: () => uses, text_copy: () => null });
  shown();
  await fireEvent.click(screen.getByTestId("use-staging"));
  expect(await screen.findByTestId("use-text")).toHaveTextContent("import {}");
  expect(host.of("draft_uses")).toEqual([{ id: "draft-1", environmentId: "e1" }]);
  await fireEvent.click(screen.getByRole("radio", { name: "curl" }));
  expect(screen.getByTestId("use-text")).toHaveTextContent("curl x");
  await fireEvent.click(screen.getByTestId("use-copy"));
  expect(host.of("text_copy")).toEqual([{ text: "curl x" }]);
});

test("a set without an ID there can't be used", () => {
  fakeHost({});
  shown();
  expect(screen.queryByTestId("use-prod")).toBeNull();
});

test("a refusal is said in the sheet, and there is nothing to copy", async () => {
  fakeHost({
    draft_uses: () => {
      throw problem("invalid", "checkout-login has no ID in staging yet.");
    },
  });
  shown();
  await fireEvent.click(screen.getByTestId("use-staging"));
  expect(await screen.findByText("checkout-login has no ID in staging yet.")).toBeInTheDocument();
  expect(screen.getByTestId("use-copy")).toBeDisabled();
});
