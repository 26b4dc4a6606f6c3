// @vitest-environment node
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";
import { describe, expect, it } from "vitest";
import { ENCRYPTED_ANSWERS, ENCRYPTED_ARGUMENTS } from "../bindings/commands";
import { AnswerKey, encrypted } from "./encrypted";
import { carryingSecrets } from "./secrets";

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const bytes = (text: string) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const base64 = (...parts: ArrayBuffer[]) => btoa(parts.map((part) => String.fromCharCode(...new Uint8Array(part))).join(""));
const words = (text: string) => new TextEncoder().encode(text).slice().buffer;

/** The program's side: keys by number, what was called with what, and how it reads and answers. */
async function program(answer = "the-secret") {
  const keys: CryptoKeyPair[] = [];
  const called: { name: string; args: Record<string, unknown> }[] = [];
  const invoke = async (name: string, args: Record<string, unknown>) => {
    called.push({ name, args });
    if (name === "encryption_key") {
      const pair = await suite.kem.generateKeyPair();
      keys.push(pair);
      return base64(new Uint8Array([0, 0, 0, keys.length - 1]).buffer, await suite.kem.serializePublicKey(pair.publicKey));
    }
    if (typeof args["page"] === "string") {
      const recipientPublicKey = await suite.kem.deserializePublicKey(bytes(args["page"]).buffer);
      const sealed = await suite.seal({ recipientPublicKey, info: words("sealpost program to page 1") }, words(answer), words(name));
      return base64(sealed.enc, sealed.ct);
    }
    return null;
  };
  const read = async (text: string, place: string) => {
    const all = bytes(text);
    const pair = keys[all[3] ?? 99];
    if (!pair) throw new Error("no such key");
    const context = { recipientKey: pair.privateKey, enc: all.slice(4, 69).buffer, info: words("sealpost page to program 1") };
    return new TextDecoder().decode(await suite.open(context, all.slice(69).buffer, words(place)));
  };
  return { call: carryingSecrets(invoke as never), invoke, called, read };
}

describe("calls that carry a secret", () => {
  it("send what is secret encrypted for its place, each under a key of its own, and the rest as it is", async () => {
    const { call, called, read } = await program();
    await call("passphrase_set", { passphrase: "correct horse ü", mode: "keyringOrPassphrase" } as never);
    await call("vault_rekey", { groups: ["group one", "group two"], passphrase: "correct horse ü" });
    expect(JSON.stringify(called)).not.toContain("horse");
    expect(JSON.stringify(called)).not.toContain("group one");
    const sent = called.filter(({ name }) => name !== "encryption_key");
    expect(sent[0]?.args["mode"]).toBe("keyringOrPassphrase");
    expect(await read(sent[0]?.args["passphrase"] as string, "passphrase_set.passphrase")).toBe('"correct horse ü"');
    expect(await read(sent[1]?.args["groups"] as string, "vault_rekey.groups")).toBe('["group one","group two"]');
    await expect(read(sent[1]?.args["groups"] as string, "vault_rekey.passphrase")).rejects.toThrow();
    expect(called.filter(({ name }) => name === "encryption_key")).toHaveLength(3);
  });

  it("leave out what is not given, and ask for no key then", async () => {
    const { call, called } = await program();
    await call("backup_restore", {});
    await call("draft_get", { id: "one" });
    expect(called).toEqual([
      { name: "backup_restore", args: {} },
      { name: "draft_get", args: { id: "one" } },
    ]);
  });

  it("read a secret answer with a key that never leaves the page", async () => {
    const { call, called } = await program("p\u00e4ssword");
    expect(await call("secret_reveal", { id: "one", field: "password" } as never)).toBe("p\u00e4ssword");
    // Its public half: a point of P-256, which has 65 bytes.
    expect(Object.keys(called[0]?.args ?? {}).sort()).toEqual(["field", "id", "page"]);
    expect(bytes(String(called[0]?.args["page"]))).toHaveLength(65);
    expect(bytes(String(called[0]?.args["page"]))[0]).toBe(4);
    await call("secret_reveal", { id: "one", field: "password" } as never);
    expect(called[1]?.args["page"]).not.toBe(called[0]?.args["page"]);
  });

  it("refuse an answer that was encrypted for another command", async () => {
    const { invoke } = await program();
    const key = await AnswerKey.fresh();
    const answer = (await invoke("recovery_make", { page: key.page })) as string;
    await expect(key.read("secret_reveal", answer)).rejects.toThrow();
    expect(await key.read("recovery_make", answer)).toBe("the-secret");
  });

  it("say what was given when they were made, whatever becomes of it meanwhile", async () => {
    const { call, called, read } = await program();
    const groups = ["group one"];
    const made = call("recovery_confirm", { groups });
    groups[0] = "changed since";
    await made;
    expect(await read(called.at(-1)?.args["groups"] as string, "recovery_confirm.groups")).toBe('["group one"]');
  });

  it("pass on a refusal of the program as it is", async () => {
    const problem = { code: "notFound" };
    const call = carryingSecrets((() => Promise.reject(problem)) as never);
    await expect(call("secret_reveal", { id: "one", field: "password" } as never)).rejects.toBe(problem);
    await expect(call("vault_recover", { secret: "x" })).rejects.toBe(problem);
  });

  it("take a file of a megabyte", async () => {
    const { invoke, read } = await program();
    const file = "x".repeat(1_400_000);
    const text = await encrypted((await invoke("encryption_key", {})) as string, "draft_save.save", JSON.stringify({ file }));
    expect(JSON.parse(await read(text, "draft_save.save"))).toEqual({ file });
  });

  it("are those of the registry", () => {
    expect(ENCRYPTED_ANSWERS).toContain("secret_reveal");
    expect(ENCRYPTED_ARGUMENTS.draft_save).toEqual(["save"]);
  });
});
