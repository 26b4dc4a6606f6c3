/** What a one-line input would drop from a paste without a word. */
export function pasted(text: string): { tail: string; brokenInside: boolean } {
  const tail = /[\r\n]+$/.exec(text)?.[0] ?? "";
  const inside = text.slice(0, text.length - tail.length).replace(/^[\r\n]+/, "");
  return { tail, brokenInside: /[\r\n]/.test(inside) };
}
