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
    if (type === "StyleDirective") return;
    if (type === "ExpressionTag") return said((node as { expression?: unknown }).expression);
    if (type === "Attribute") {
      if (SAID.has(name ?? "")) visit(value);
      return;
    }
    if (type === "Text" && /[A-Za-z]{2}/.test(data ?? "")) found.push((data ?? "").trim());
    for (const [key, child] of Object.entries(node)) if (key !== "metadata" && key !== "parent") visit(child);
  };
  /** Texts that an expression may come to: not those it compares with or hands on. */
  const said = (node: unknown): void => {
    const { type, value, quasis, consequent, alternate, left, right } = (node ?? {}) as Record<string, unknown> & { quasis?: { value: { cooked: string } }[] };
    if (type === "ConditionalExpression") [consequent, alternate].forEach(said);
    if (type === "LogicalExpression" || (type === "BinaryExpression" && (node as { operator?: string }).operator === "+")) [left, right].forEach(said);
    const texts = type === "Literal" ? [String(value)] : type === "TemplateLiteral" ? (quasis ?? []).map((quasi) => quasi.value.cooked) : [];
    found.push(...texts.filter((text) => /[A-Za-z]{2}/.test(text)).map((text) => text.trim()));
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

const scripts = import.meta.glob<string>(["../{features,state,ui}/**/*.ts", "../{features,screens,ui}/**/*.svelte", "!../**/*.test.ts"], { query: "?raw", import: "default", eager: true });
/** Keys and roles are written like words. */
const KEYS = /^(Ctrl|Escape|Enter|Tab|Home|End|Space|Arrow|Page|Delete|Backspace)/;

/** Texts of a script that read like something said: they begin with a capital and go on in small letters. */
function saidInScript(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(^|[^:"'`])\/\/[^\n]*/g, "$1");
  const texts = [...code.matchAll(/"([^"\n]*)"|`([^`]*)`/g)].map((match) => match[1] ?? match[2] ?? "");
  return texts.filter((text) => /^[A-Z][a-z]+/.test(text) && !KEYS.test(text));
}

test.each(Object.keys(scripts))("%s says nothing of its own in a script", (path) => {
  expect(saidInScript(scripts[path] ?? "")).toEqual([]);
});

test("something said in a script would be found, a comment, a key and a name of the API not", () => {
  expect(saidInScript('// "Not this"\nconst a = "Said here"; b = `Copied ${c}`; if (key === "Escape" || type === "TOKEN") d("draft_get");')).toEqual(["Said here", "Copied ${c}"]);
});

test("words between tags and in labels would be found, classes and test ids not", () => {
  expect(inlineWords('<p class="one" data-testid="two">Three {four}</p><button aria-label="Five">{six === "no" ? "Seven" : call("no")}{eight || "Nine"}</button>')).toEqual(["Three", "Five", "Seven", "Nine"]);
});
