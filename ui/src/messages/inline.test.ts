import { parse, type AST } from "svelte/compiler";
import { expect, test } from "vitest";

const sources = import.meta.glob<string>(["../{features,screens,ui}/**/*.svelte", "../App.svelte"], { query: "?raw", import: "default", eager: true });
const SAID = new Set(["aria-label", "title", "placeholder", "label"]);

/** Words that stand in a component itself: text between tags, and attributes that are read out or shown. */
function inlineWords(source: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    if (node === null || typeof node !== "object" || Array.isArray(node)) return;
    const { type, name, value, data } = node as { type?: string; name?: string; value?: unknown; data?: string };
    if (type === "ExpressionTag" || type === "StyleDirective") return;
    if (type === "Attribute") {
      if (SAID.has(name ?? "")) visit(value);
      return;
    }
    if (type === "Text" && /[A-Za-z]{2}/.test(data ?? "")) found.push((data ?? "").trim());
    for (const [key, child] of Object.entries(node)) if (key !== "metadata" && key !== "parent") visit(child);
  };
  visit((parse(source, { modern: true }) as AST.Root).fragment);
  return found;
}

test("there are components to look at", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(60);
});

test.each(Object.keys(sources))("%s takes its words from messages/", (path) => {
  expect(inlineWords(sources[path] ?? "")).toEqual([]);
});

test("words between tags and in labels would be found, classes and test ids not", () => {
  expect(inlineWords('<p class="one" data-testid="two">Three {four}</p><button aria-label="Five"></button>')).toEqual(["Three", "Five"]);
});
