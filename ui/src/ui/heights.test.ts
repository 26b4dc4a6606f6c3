import { expect, test } from "vitest";
import { Heights } from "./heights";

function heights(...all: number[]): Heights {
  const made = new Heights();
  made.reset(all, () => false);
  return made;
}

test("a view shows the rows it covers and ten around them, however many there are", () => {
  const rows = heights(...Array.from({ length: 5_000 }, () => 36));
  expect(rows.total).toBe(180_000);
  expect(rows.visible(0, 360)).toEqual({ first: 0, last: 20 });
  expect(rows.visible(36_000, 360)).toEqual({ first: 990, last: 1_020 });
  expect(rows.visible(180_000, 360)).toEqual({ first: 4_989, last: 4_999 });
});

test("a row that was drawn higher moves what stands below it, and keeps its height when the list is told again", () => {
  const rows = heights(36, 36, 36);
  expect(rows.measured(0, 80)).toBe(true);
  expect(rows.measured(0, 80.2)).toBe(false);
  expect([rows.top(1), rows.total]).toEqual([80, 152]);
  rows.reset([36, 36, 36, 36], (at) => at === 0);
  expect([rows.top(1), rows.total]).toEqual([80, 188]);
  rows.reset([36], () => false);
  expect(rows.total).toBe(36);
});

test("a row that is not drawn, and one that is not there, have nothing to measure", () => {
  const rows = heights(36);
  expect(rows.measured(0, 0)).toBe(false);
  expect(rows.measured(5, 40)).toBe(false);
  expect(heights().visible(0, 100)).toEqual({ first: 0, last: -1 });
});
