export interface DiffLine {
  kind: "del" | "add" | "same";
  text: string;
}

/** Above this, a table of all pairs would cost more than it tells: everything before goes, everything after comes. */
const MOST = 400;

/** Two lists of lines as one: what goes, what comes, what stays, in reading order. */
export function diffLines(before: string[], after: string[]): DiffLine[] {
  const del = (text: string): DiffLine => ({ kind: "del", text });
  const add = (text: string): DiffLine => ({ kind: "add", text });
  if (before.length + after.length > MOST) return [...before.map(del), ...after.map(add)];
  // common[i][j] = length of the longest common part of before[i..] and after[j..]
  const common = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row) row[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      lines.push({ kind: "same", text: old });
      i++;
      j++;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(del(old));
      i++;
    } else if (fresh !== undefined) {
      lines.push(add(fresh));
      j++;
    }
  }
  return lines;
}
