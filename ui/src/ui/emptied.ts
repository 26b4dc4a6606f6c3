/** For `use:` on the field of a secret: what was typed goes when the field leaves the page, which somebody may still hold then. */
export function emptied(input: HTMLInputElement) {
  return { destroy: () => void (input.value = "") };
}
