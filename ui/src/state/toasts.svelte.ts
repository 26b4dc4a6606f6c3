import type { Problem } from "../bindings/types";
import { ownError } from "../messages/words";
import type { IconName } from "../ui/icons";

export interface Toast {
  id: number;
  title: string;
  text?: string;
  tone: "ok" | "bad" | "t3" | "warn";
  icon: IconName;
  action?: { label: string; run: () => void };
}

/** Outcomes, bottom right: five seconds, at most three, never the only record. */
class Toasts {
  all = $state<Toast[]>([]);
  private timers = new Map<number, ReturnType<typeof setTimeout>>();
  private next = 1;

  show(toast: Omit<Toast, "id">, seconds = 5): number {
    const id = this.next++;
    this.all = [...this.all.slice(-2), { ...toast, id }];
    this.start(id, seconds);
    return id;
  }

  done(title: string, text?: string, action?: Toast["action"], seconds = 5): void {
    this.show({ title, text, tone: "ok", icon: "circle-check", action }, seconds);
  }

  /** A failure: what happened, what was kept and what to do. That the vault is locked is said by the lock screen. */
  failed(thrown: unknown): void {
    const problem = asProblem(thrown);
    if (problem.code === "vaultLocked") return;
    const text = [problem.detail, problem.hint].filter(Boolean).join(" ");
    this.show({ title: problem.title, text, tone: "bad", icon: "circle-alert" }, 10);
  }

  drop(id: number): void {
    this.hold(id);
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  hold(id: number): void {
    clearTimeout(this.timers.get(id));
  }

  release(id: number): void {
    this.start(id, 5);
  }

  private start(id: number, seconds: number): void {
    this.hold(id);
    this.timers.set(id, setTimeout(() => this.drop(id), seconds * 1000));
  }
}

export const toasts = new Toasts();

/** Did a command refuse? Anything else that is thrown is the page's own. */
export function isProblem(thrown: unknown): thrown is Problem {
  return thrown !== null && typeof thrown === "object" && "title" in thrown && "code" in thrown && typeof thrown.code === "string";
}

/** What a command threw, as a Problem: anything else is a defect and says so. */
export function asProblem(thrown: unknown): Problem {
  if (isProblem(thrown)) return thrown;
  return { code: "internal", ...ownError, issues: [] };
}
