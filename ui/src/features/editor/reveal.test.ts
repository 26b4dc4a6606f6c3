import { fireEvent, render, screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { fakeHost } from "../../testing/fakeHost";
import SecretField from "./SecretField.svelte";

const STORED = "stored-elsewhere-41";

test("a secret that answers after the window lost the focus is not shown", async () => {
  let answer: (value: string) => void = () => undefined;
  fakeHost({ secret_reveal: () => new Promise<string>((go) => (answer = go)) });
  render(SecretField, { label: "Password", field: "password", draftId: "d1", set: true, pending: undefined, wiped: 0, onedit: () => undefined });
  await fireEvent.click(screen.getByTestId("reveal-password"));
  await fireEvent.blur(window);
  answer(STORED);
  await new Promise((go) => setTimeout(go, 20));
  expect(document.body.outerHTML).not.toContain(STORED);
  expect(screen.getByTestId("reveal-password")).toHaveAttribute("aria-pressed", "false");
});
