import type { EnvironmentSave, EnvironmentView, ProbeView, Problem, SecretEdit, UrlCheck } from "../../bindings/types";
import { host } from "../../host";
import { session } from "../../state/session.svelte";
import { asProblem, toasts } from "../../state/toasts.svelte";

export const COLOURS = ["red", "orange", "amber", "green", "teal", "blue", "violet", "grey"] as const;
export type ProxyMode = "system" | "none" | "custom";
export const NEW = "new";

/** What is typed about one environment. The token is not among it: it stays in its input until it is sent. */
export class EnvironmentForm {
  name = $state("");
  url = $state("");
  colour = $state<string>("blue");
  guarded = $state(false);
  proxyMode = $state<ProxyMode>("system");
  proxyUrl = $state("");
  /** Missing keeps the stored certificate, empty removes it. */
  caPem = $state<string | undefined>(undefined);
  caFile = $state("");
  replacing = $state(false);
  /** Only whether something is in the token's input. */
  tokenTyped = $state(false);
  check = $state<UrlCheck | null>(null);
  probe = $state<ProbeView | null>(null);
  problem = $state<Problem | null>(null);
  saving = $state(false);
  testing = $state(false);
  private base: EnvironmentView | null;
  private revision: number | undefined;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(base: EnvironmentView | null) {
    this.base = base;
    this.reset(base);
  }

  reset(base: EnvironmentView | null): void {
    this.base = base;
    this.revision = base?.revision;
    this.name = base?.name ?? "";
    this.url = base?.url ?? "";
    this.colour = base?.colour ?? COLOURS.find((one) => !session.environments.some(({ colour }) => colour === one)) ?? "blue";
    this.guarded = base?.protected ?? false;
    const proxy = base?.proxy ?? "system";
    this.proxyMode = proxy === "system" || proxy === "none" ? proxy : "custom";
    this.proxyUrl = this.proxyMode === "custom" ? proxy : "";
    this.caPem = undefined;
    this.caFile = "";
    this.replacing = false;
    this.tokenTyped = false;
    this.probe = base?.lastProbe ?? null;
    this.problem = null;
  }

  /** Takes over what was stored meanwhile, as long as nothing is typed that would be lost. */
  follow(stored: EnvironmentView): void {
    if (stored.revision !== this.revision && !this.dirty && !this.replacing && !this.saving && !this.testing) this.reset(stored);
  }

  get id(): string | undefined {
    return this.base?.id;
  }

  get needsToken(): boolean {
    return this.base === null || this.replacing;
  }

  private get proxy(): string {
    return this.proxyMode === "custom" ? this.proxyUrl.trim() : this.proxyMode;
  }

  get dirty(): boolean {
    const base = this.base;
    if (!base) return this.name !== "" || this.url !== "" || this.tokenTyped;
    return (
      this.tokenTyped || this.caPem !== undefined || this.name !== base.name || this.url !== base.url || this.colour !== base.colour ||
      this.guarded !== base.protected || this.proxy !== base.proxy
    );
  }

  /** Why it can't be saved yet; empty if it can. */
  get missing(): string {
    if (this.name.trim() === "") return "Give it a name first.";
    if (this.url.trim() === "") return "Paste its URL first.";
    if (this.check?.error) return "The URL can't be used.";
    if (this.base === null && !this.tokenTyped) return "Paste an access token first.";
    if (this.proxyMode === "custom" && this.proxyUrl.trim() === "") return "Type the proxy's URL first.";
    return "";
  }

  /** Asks what the address is, a moment after the last key. */
  typedUrl(url: string): void {
    this.url = url;
    clearTimeout(this.timer);
    const asked = ++this.asked;
    if (url.trim() === "") {
      this.check = null;
      return;
    }
    this.timer = setTimeout(() => void this.checkUrl(url, asked), 150);
  }

  private async checkUrl(url: string, asked: number): Promise<void> {
    try {
      const check = await host().call("url_check", { url });
      if (asked === this.asked) this.check = check;
    } catch {
      // Saving says what is wrong; a live hint is not worth a message of its own.
      if (asked === this.asked) this.check = null;
    }
  }

  private asSave(token: string): EnvironmentSave {
    const edit: SecretEdit = token === "" ? { do: "keep" } : { do: "set", value: token };
    return {
      ...(this.base ? { id: this.base.id, expectedRevision: this.revision } : {}),
      name: this.name.trim(),
      url: this.url.trim(),
      token: edit,
      colour: this.colour,
      protected: this.guarded,
      ...(this.caPem === undefined ? {} : { caPem: this.caPem }),
      proxy: this.proxy,
    };
  }

  /** Stores it. The caller empties the token's input, whatever comes of it being stored. */
  async save(token: string): Promise<EnvironmentView | null> {
    this.saving = true;
    this.problem = null;
    try {
      const stored = await host().call("env_save", { save: this.asSave(token) });
      const probe = this.probe;
      await session.refreshEnvironments();
      this.reset(session.environment(stored.id) ?? stored);
      // A test of what was just saved still tells of it.
      this.probe ??= probe;
      toasts.done(`${stored.name} saved`);
      return stored;
    } catch (thrown) {
      this.problem = asProblem(thrown);
      return null;
    } finally {
      this.saving = false;
    }
  }

  /** Tests what is stored, or what is typed if that differs. */
  async test(token: string): Promise<void> {
    this.testing = true;
    this.problem = null;
    try {
      const args = this.base && !this.dirty ? { id: this.base.id } : { save: this.asSave(token) };
      this.probe = await host().call("env_test", args);
      await session.refreshEnvironments();
      // Keeping the result is a revision of its own; what is typed stays based on what was there.
      const fresh = this.base ? session.environment(this.base.id) : undefined;
      if (fresh && args.id) {
        this.base = fresh;
        this.revision = fresh.revision;
      }
    } catch (thrown) {
      this.problem = asProblem(thrown);
    } finally {
      this.testing = false;
    }
  }
}
