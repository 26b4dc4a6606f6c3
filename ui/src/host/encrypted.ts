// Secrets on their way to the program and back: encrypted, so that the webview's library holds none on the way (ADR 25). The
// program's half, and the words between the two, stand in src-tauri/src/encrypted_calls.rs.
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

const TO_PROGRAM = bytesOf("sealpost page to program 1");
const TO_PAGE = bytesOf("sealpost program to page 1");
/** Bytes of a key's number, and of an encapsulated key (RFC 9180, 7.1). */
const NUMBER = 4;
const ENCAPSULATED = 65;

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** Encrypts a value in JSON for `place` (`command.argument`) under a fresh key of the program's. */
export async function encrypted(key: string, place: string, json: string): Promise<string> {
  const bytes = decoded(key);
  const recipientPublicKey = await suite.kem.deserializePublicKey(bytes.slice(NUMBER).buffer);
  const clear = bytesOf(json);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info: TO_PROGRAM }, clear, bytesOf(place));
  return encoded(bytes.slice(0, NUMBER), new Uint8Array(enc), new Uint8Array(ct));
}

/** A key of the page's for one answer; its private half stays here. */
export class AnswerKey {
  private constructor(
    private readonly pair: CryptoKeyPair,
    /** What the program encrypts to. */
    readonly page: string,
  ) {}

  static async fresh(): Promise<AnswerKey> {
    const pair = await suite.kem.generateKeyPair();
    const bytes = await suite.kem.serializePublicKey(pair.publicKey);
    return new AnswerKey(pair, encoded(new Uint8Array(bytes)));
  }

  /** Reads the answer of `command`. */
  async read(command: string, answer: string): Promise<string> {
    const bytes = decoded(answer);
    const clear = await suite.open(
      { recipientKey: this.pair.privateKey, enc: bytes.slice(0, ENCAPSULATED).buffer, info: TO_PAGE },
      bytes.slice(ENCAPSULATED).buffer,
      bytesOf(command),
    );
    return new TextDecoder().decode(clear);
  }
}

function bytesOf(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).slice().buffer;
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

/** A piece at a time: a file of a megabyte has more bytes than a call has arguments. */
function encoded(...parts: Uint8Array[]): string {
  const pieces: string[] = [];
  for (const part of parts)
    for (let at = 0; at < part.length; at += 8192) pieces.push(String.fromCharCode(...part.subarray(at, at + 8192)));
  return btoa(pieces.join(""));
}
