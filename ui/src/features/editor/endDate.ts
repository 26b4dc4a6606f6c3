/** The last moment (UTC) of a date like 2027-03-31; null for nothing, undefined for what is no date. */
export function endOf(typed: string): number | null | undefined {
  const date = typed.trim();
  if (date === "") return null;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  const at = Date.parse(`${date}T23:59:59Z`);
  // 31 February would else become the third of March.
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(date) ? at : undefined;
}
