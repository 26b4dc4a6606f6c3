/** Rows above and below the view that are kept ready. */
const MARGIN = 8;

/** The rows a scrolled list shows: a handful, whatever its length. */
export function visible(scrollTop: number, height: number, rowHeight: number, total: number, margin = MARGIN) {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
  const last = Math.min(total - 1, Math.ceil((scrollTop + height) / rowHeight) + margin);
  const indices = last < first ? [] : Array.from({ length: last - first + 1 }, (_, step) => first + step);
  return { first, last: Math.max(last, first), indices };
}
