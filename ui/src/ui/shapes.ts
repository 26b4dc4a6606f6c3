// Draws a symbol of the sprite into an svg of its own. A `use` keeps a second tree for each that it shows, with styles of its own: a
// third of what it took to scroll through a plan (ADR 18). Those that stand once on a screen may well use one.
import type { Attachment } from "svelte/attachments";
import sprite from "./icons.svg?raw";

interface Shape {
  viewBox: string;
  parts: Node[];
}

let read: Map<string, Shape> | undefined;

function shapes(): Map<string, Shape> {
  if (read) return read;
  const symbols = new DOMParser().parseFromString(sprite, "image/svg+xml").querySelectorAll("symbol");
  read = new Map([...symbols].map((symbol) => [symbol.id, { viewBox: symbol.getAttribute("viewBox") ?? "", parts: [...symbol.childNodes] }]));
  return read;
}

/** Draws the symbol, and another one when its name is another. */
export function drawn(name: string): Attachment<SVGSVGElement> {
  return (svg) => {
    const shape = shapes().get(name);
    if (!shape) throw new Error(`the sprite has no ${name}`);
    svg.setAttribute("viewBox", shape.viewBox);
    svg.replaceChildren(...shape.parts.map((part) => part.cloneNode(true)));
  };
}
