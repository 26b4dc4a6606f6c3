/** The API takes 1 MB; a file much larger is a mistake and is not even read. */
export const TOO_LARGE = 2_000_000;

/** Bytes as the text that `btoa` takes. */
export function binary(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
