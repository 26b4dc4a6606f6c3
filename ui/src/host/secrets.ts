// Which calls carry a secret, as the registry says it, and how.
import { ENCRYPTED_ANSWERS, ENCRYPTED_ARGUMENTS, type Commands } from "../bindings/commands";
import type { Host } from "./types";

type Invoke = <T>(name: string, args: Record<string, unknown>) => Promise<T>;

/** The same calls, with secret arguments and answers encrypted on the way. What does that is loaded when it is first needed: no
 * screen waits for it. */
export function carryingSecrets(invoke: Invoke): Host["call"] {
  return async (name, args) => {
    const given: Record<string, unknown> = { ...args };
    const secret = (ENCRYPTED_ARGUMENTS[name] ?? []).filter((argument) => given[argument] != null);
    // As it is now: a form may go on while its call is prepared.
    for (const argument of secret) given[argument] = JSON.stringify(given[argument]);
    const answered = ENCRYPTED_ANSWERS.includes(name);
    if (!secret.length && !answered) return invoke(name, given);
    const { AnswerKey, encrypted } = await import("./encrypted");
    for (const argument of secret) {
      const key = await invoke<string>("encryption_key", {});
      given[argument] = await encrypted(key, `${name}.${argument}`, String(given[argument]));
    }
    if (!answered) return invoke(name, given);
    const key = await AnswerKey.fresh();
    const answer = await invoke<string>(name, { ...given, page: key.page });
    return (await key.read(name, answer)) as Commands[typeof name]["answer"];
  };
}
