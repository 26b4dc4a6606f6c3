import { vi } from "vitest";
import type { Commands } from "../bindings/commands";
import type { AppEvent, Problem } from "../bindings/types";
import { setHost } from "../host";

type Answers = { [K in keyof Commands]?: (args: Commands[K]["args"]) => Commands[K]["answer"] | Promise<Commands[K]["answer"]> };

/** Asked for by every screen, and empty in most tests. */
const QUIET: Answers = { group_list: () => [], rotation_list: () => [] };

/** A host that answers what a test says and remembers what was asked. */
export function fakeHost(answers: Answers) {
  const calls: { name: keyof Commands; args: unknown }[] = [];
  const hearers = new Set<(event: AppEvent) => void>();
  const call = async <K extends keyof Commands>(name: K, args: Commands[K]["args"]): Promise<Commands[K]["answer"]> => {
    // As it goes over to the other side: a copy, which later edits do not reach.
    calls.push({ name, args: JSON.parse(JSON.stringify(args)) as unknown });
    const answer = answers[name] ?? QUIET[name];
    if (!answer) throw problem("notBuilt", `${name} has no answer in this test`);
    return answer(args);
  };
  setHost({
    call,
    onEvent: async (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    window: { platform: "linux", isMaximized: async () => false, minimize: vi.fn(), toggleMaximize: vi.fn() },
  });
  return {
    calls,
    of: <K extends keyof Commands>(name: K) => calls.filter((one) => one.name === name).map((one) => one.args as Commands[K]["args"]),
    send: (event: AppEvent) => hearers.forEach((hear) => hear(event)),
  };
}

export function problem(code: Problem["code"], title: string, detail = "What was kept.", hint = "What to do."): Problem {
  return { code, title, detail, hint, issues: [] };
}
