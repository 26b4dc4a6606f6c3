import { parse, type AST } from "svelte/compiler";
import { expect, test } from "vitest";

const styles = import.meta.glob<string>("./*.css", { query: "?raw", import: "default", eager: true });
const components = import.meta.glob<string>(["../{features,screens,ui}/**/*.svelte", "../App.svelte"], { query: "?raw", import: "default", eager: true });
const scripts = import.meta.glob<string>(["../{features,state,messages,ui}/**/*.ts", "!../**/*.test.ts"], { query: "?raw", import: "default", eager: true });

/** Classes that CSS speaks of. */
function spoken(css: string): Set<string> {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/url\([^)]*\)|"[^"]*"/g, "");
  const selectors = bare.replace(/\{[^{}]*\}/g, "{}");
  return new Set([...selectors.matchAll(/\.([a-zA-Z][\w-]*)/g)].map((found) => found[1] ?? ""));
}

/** What a component may put into `class`: whole names, and beginnings that code completes ("pip--"). */
function worn(source: string): { names: Set<string>; beginnings: Set<string> } {
  const names = new Set<string>();
  const beginnings = new Set<string>();
  const take = (text: string, open: boolean) => {
    const words = text.split(/\s+/);
    words.forEach((word, at) => {
      if (word === "") return;
      if (open && at === words.length - 1 && !/\s$/.test(text)) beginnings.add(word);
      else names.add(word);
    });
  };
  const texts = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(texts);
    else if (node !== null && typeof node === "object") {
      const { type, value, quasis } = node as { type?: string; value?: unknown; quasis?: { value: { cooked: string }; tail: boolean }[] };
      if (type === "Literal" && typeof value === "string") take(value, false);
      if (type === "TemplateLiteral") quasis?.forEach((quasi) => take(quasi.value.cooked, !quasi.tail));
      for (const [key, child] of Object.entries(node)) if (key !== "parent" && key !== "metadata" && key !== "test") texts(child);
    }
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (node !== null && typeof node === "object") {
      const one = node as { type?: string; name?: string; value?: unknown };
      if (one.type === "ClassDirective") names.add(one.name ?? "");
      if (one.type === "Attribute" && ["class", "cls"].includes(one.name ?? "")) {
        const parts = Array.isArray(one.value) ? one.value : [one.value];
        parts.forEach((part: { type?: string; data?: string; expression?: unknown }, at) => {
          if (part.type === "Text") take(part.data ?? "", at < parts.length - 1);
          else texts(part.expression);
        });
      }
      for (const [key, child] of Object.entries(node)) if (key !== "parent" && key !== "metadata") visit(child);
    }
  };
  visit((parse(source, { modern: true }) as AST.Root).fragment);
  return { names, beginnings };
}

const all = new Set(Object.values(styles).flatMap((css) => [...spoken(css)]));
const used = Object.values(components).map(worn);
const names = new Set(used.flatMap((one) => [...one.names]));
const beginnings = [...new Set(used.flatMap((one) => [...one.beginnings]))];
/** Classes may also be chosen in a script: there the name stands as a word of a text. */
const words = new Set([...Object.values(scripts), ...Object.values(components)].flatMap((source) => source.match(/[\w-]+/g) ?? []));

test("a class in a style and one in a component are found, also where code completes it", () => {
  expect([...spoken('.a .b--c:hover { background: url("x.d") } /* .e */')]).toEqual(["a", "b--c"]);
  const found = worn("<p class=\"one {bad ? 'two' : ''} three--{tone}\" class:four={x}>.five</p>");
  expect([[...found.names].sort(), [...found.beginnings]]).toEqual([["four", "one", "two"], ["three--"]]);
});

test("every class that a component wears has a rule", () => {
  const bare = [...names].filter((name) => !all.has(name));
  expect(bare.join(" ")).toBe("");
});

test("every rule is of a class that something wears", () => {
  const dead = [...all].filter((name) => !names.has(name) && !words.has(name) && !beginnings.some((start) => name.startsWith(start)));
  expect(dead.join(" ")).toBe("");
});

const sprite = Object.values(import.meta.glob<string>("../ui/icons.svg", { query: "?raw", import: "default", eager: true }))[0] ?? "";
const named = Object.values(import.meta.glob<string>("../ui/icons.ts", { query: "?raw", import: "default", eager: true }))[0] ?? "";
const drawn = [...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((found) => found[1] ?? "");

test("every icon is drawn somewhere, and has its name in the type", () => {
  const sources = [...Object.values(components), ...Object.entries(scripts).filter(([path]) => !path.endsWith("/icons.ts")).map(([, source]) => source)].join("\n");
  expect(drawn.length).toBeGreaterThan(50);
  expect(drawn.filter((name) => !new RegExp(`["'#]${name}["']`).test(sources))).toEqual([]);
  expect([...named.matchAll(/\| "([^"]+)"/g)].map((found) => found[1]).sort()).toEqual(drawn.filter((name) => named.includes(`"${name}"`)).sort());
});
