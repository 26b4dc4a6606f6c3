import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import axe from "axe-core";
import { beforeEach, expect, test } from "vitest";
import { evidence } from "../../state/evidence.svelte";
import { fakeHost } from "../../testing/fakeHost";
import { sampleEvidence } from "../../testing/sampleEvidence";
import EvidenceSheet from "./EvidenceSheet.svelte";

beforeEach(() => evidence.close());

test("each try is shown with its request and its answer, JSON over several lines", async () => {
  const copied: string[] = [];
  fakeHost({ attempt_evidence: () => sampleEvidence(), text_copy: ({ text }) => (copied.push(text), null) });
  render(EvidenceSheet);
  void evidence.open("a");
  expect(await screen.findAllByTestId("exchange")).toHaveLength(2);
  expect(screen.getAllByTestId("exchange-request")[0]?.textContent).toContain('\n  "password": "‹secret›"');
  expect(screen.getAllByTestId("exchange-response")[0]?.textContent).toContain("Service unavailable.");
  await fireEvent.click(screen.getByTestId("evidence-copy"));
  await waitFor(() => expect(copied[0]).toContain("PUT /api/v2/credentials"));
  document.documentElement.lang = "en";
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(violations.map((one) => one.id)).toEqual([]);
});

test("an answer that is no JSON is shown as it is, and one that never came with the reason", async () => {
  const sample = sampleEvidence();
  const [first] = sample.exchanges;
  if (!first) throw new Error("the sample has exchanges");
  sample.exchanges = [{ ...first, responseBody: "<html>" }, { ...first, status: null, responseBody: null, failure: "no usable answer: timed out" }];
  fakeHost({ attempt_evidence: () => sample });
  render(EvidenceSheet);
  void evidence.open("a");
  await screen.findAllByTestId("exchange");
  const answers = screen.getAllByTestId("exchange-response").map((one) => one.textContent);
  expect(answers[0]).toContain("<html>");
  expect(answers[1]).toContain("timed out");
});

test("an attempt that is gone says so, and a late answer does not take another one's place", async () => {
  fakeHost({
    attempt_evidence: ({ id }) => {
      if (id === "gone") throw { code: "notFound", title: "There is no such attempt.", detail: "", hint: "", issues: [] };
      return new Promise((go) => setTimeout(() => go({ ...sampleEvidence(), exchanges: [] }), 5));
    },
  });
  render(EvidenceSheet);
  const late = evidence.open("late");
  await evidence.open("gone");
  await late;
  expect(screen.getByTestId("problem").textContent).toContain("no such attempt");
  expect(screen.queryByTestId("exchange")).toBeNull();
});
