import { expect, test } from "vitest";
import { diffLines } from "./diff";

const shown = (before: string[], after: string[]) => diffLines(before, after).map(({ kind, text }) => ({ del: "-", add: "+", same: " " })[kind] + text);

test("what stays is not shown as a change", () => {
  expect(shown(["SYNTHETIC"], ["SYNTHETIC", "EXTENSION"])).toEqual([" SYNTHETIC", "+EXTENSION"]);
});

test("a replaced line goes before the new one comes", () => {
  expect(shown(["old"], ["new"])).toEqual(["-old", "+new"]);
});

test("lines that only look alike are both shown", () => {
  expect(shown(["a "], ["a"])).toEqual(["-a ", "+a"]);
});

test("nothing at all is no change", () => {
  expect(shown([], [])).toEqual([]);
});

test("long lists keep every line", () => {
  const before = Array.from({ length: 300 }, (_, at) => `old ${at}`);
  const after = Array.from({ length: 300 }, (_, at) => `new ${at}`);
  expect(diffLines(before, after)).toHaveLength(600);
});
