import { render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, test } from "vitest";
import type { Commands } from "../../bindings/commands";
import { Editor } from "../../state/editor.svelte";
import { session } from "../../state/session.svelte";
import { fakeHost, problem } from "../../testing/fakeHost";
import { draftView } from "../../testing/sampleDraft";
import CertificateFields from "./CertificateFields.svelte";

const under = (found: () => Element | null) => Object.assign(document, { elementFromPoint: found });
const zone = () => screen.getByTestId("secret-certificate").closest(".drop");

async function shown(read: () => Commands["dropped_read"]["answer"]) {
  const editor = Editor.of(draftView({}, { details: { type: "CERTIFICATE", certificateFormat: "PEM" } }, []));
  const host = fakeHost({
    vault_status: () => {
      throw problem("vaultAbsent", "There is none.");
    },
    draft_check: () => ({ issues: [], certificate: null, strength: null, there: {} }),
    dropped_read: read,
  });
  await session.start();
  render(CertificateFields, { editor });
  return { editor, host, drop: () => host.send({ event: "fileDropped", x: 4, y: 5, name: "leaf.p12" }) };
}

afterEach(() => Reflect.deleteProperty(document, "elementFromPoint"));

test("a file that the program was given is taken where it was let go, byte by byte", async () => {
  const bytes = btoa(String.fromCharCode(...Uint8Array.from({ length: 256 }, (_, at) => at)));
  const { host, drop } = await shown(() => bytes);
  under(() => zone()?.firstElementChild ?? null);
  drop();
  await waitFor(() => expect(host.of("draft_check").at(-1)?.save.secrets.certificate).toEqual({ do: "setFile", base64: bytes }));
  expect(screen.getByText("leaf.p12")).toBeInTheDocument();
});

test("a file let go elsewhere, or over what covers it, is not even asked for", async () => {
  const { editor, host, drop } = await shown(() => "eA==");
  under(() => document.body);
  drop();
  await Promise.resolve();
  expect(host.of("dropped_read")).toHaveLength(0);
  expect(editor.dirty).toBe(false);
});

test("a file that is refused says why in the words of who refused it, and changes nothing", async () => {
  const { editor, drop } = await shown(() => {
    throw problem("invalid", "“certs” is a folder.", "Nothing was changed.", "Drop the certificate file itself.");
  });
  under(zone);
  drop();
  expect(await screen.findByRole("alert")).toHaveTextContent("“certs” is a folder. Nothing was changed. Drop the certificate file itself.");
  expect(editor.dirty).toBe(false);
});
