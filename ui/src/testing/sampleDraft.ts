import type { DraftContent, DraftRow, DraftView, SecretField } from "../bindings/types";
import { emptyContent } from "../state/editor.svelte";

/** A stored draft, as the other side gives it. */
export function draftView(part: Partial<DraftView> = {}, content: Partial<DraftContent> = {}, secrets: SecretField[] = ["password"]): DraftView {
  const all: DraftContent = { ...emptyContent("USERNAME_PASSWORD"), name: "checkout-login", details: { type: "USERNAME_PASSWORD", user: "robot" }, ...content };
  return {
    id: "draft-1", name: all.name, type: all.details.type, revision: 3, createdAt: 0, updatedAt: 0, deletedAt: null, content: all,
    secrets: secrets.map((field) => ({ field, set: true })), certificate: null, state: "unpublished", publications: [], issues: [], overrides: [], readOnly: false, ...part,
  };
}

export function draftRow(index: number, part: Partial<DraftRow> = {}): DraftRow {
  return { id: `draft-${index}`, name: `name-${index}`, typeName: "TOKEN", summary: "beside", revision: 1, updatedAt: Date.now(), deletedAt: null, state: "unpublished", pips: [], expiring: false, ...part };
}

/** Everything an object holds that other code can reach, getters included, as text. */
export function reachable(root: unknown): string {
  const seen = new Set<unknown>();
  const found: string[] = [];
  const walk = (value: unknown) => {
    if (typeof value === "string") found.push(value);
    if (value === null || typeof value !== "object" || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Map) for (const pair of value) walk(pair);
    for (let type: unknown = value; type && type !== Object.prototype; type = Object.getPrototypeOf(type)) {
      for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
        if (property.get && name !== "__proto__") walk(property.get.call(value));
        else if (typeof property.value !== "function") walk(property.value);
      }
    }
  };
  walk(root);
  return found.join("\n");
}

/** The page as text, with what stands in its inputs. */
export function page(): string {
  return [document.documentElement.outerHTML, ...[...document.querySelectorAll("input, textarea")].map((one) => (one as HTMLInputElement).value)].join("\n");
}
