import type { EnvironmentSave, EnvironmentView, ProbeView, Problem, SecretEdit, UnsavedView, UrlCheck } from "../bindings/types";
import { host } from "../host";
import { environmentText as text } from "../messages/environments";
import { session } from "./session.svelte";
import { asProblem, toasts } from "./toasts.svelte";
import { Keeper } from "./unsaved";

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
  /** Only whether there is a new token: in its input, or kept in the vault. */
  tokenTyped = $state(false);
  /** The new token is kept in the vault: its input is gone or was never filled here. */
  tokenKept = $state(false);
  /** When this was kept, if it is from before a lock. */
  restored = $state<number | null>(null);
  /** Reads the token's input while it is on the page. */
  readToken: () => string = () => "";
  check = $state<UrlCheck | null>(null);
  probe = $state<ProbeView | null>(null);
  problem = $state<Problem | null>(null);
  saving = $state(false);
  testing = $state(false);
  private base: EnvironmentView | null;
  private revision: number | undefined;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private keeper = new Keeper(() => ({ form: "environment", save: this.asSave(this.readToken()) }));

  constructor(base: EnvironmentView | null) {
    this.base = base;
    this.reset(base);
  }

  /** What was typed before a lock; a typed token stays in the vault, and a save takes it from there. */
  static restored(work: UnsavedView & { form: "environment" }, base: EnvironmentView | null): EnvironmentForm {
    const form = new EnvironmentForm(base);
    const { name, url, colour, protected: guarded, proxy, caPem } = work.fields;
    Object.assign(form, { name, url, colour, guarded, caPem: caPem ?? undefined });
    form.setProxy(proxy);
    form.revision = work.expectedRevision ?? form.revision;
    form.tokenKept = form.tokenTyped = form.replacing = work.secrets.token === "set";
    form.restored = work.keptAt;
    form.keeper.name = work.name;
    return form;
  }

  private setProxy(proxy: string): void {
    this.proxyMode = proxy === "system" || proxy === "none" ? proxy : "custom";
    this.proxyUrl = this.proxyMode === "custom" ? proxy : "";
  }

  /** Everything typed but the token: who reads it hears of every change. */
  get fields(): unknown[] {
    return [this.name, this.url, this.colour, this.guarded, this.proxyMode, this.proxyUrl, this.caPem];
  }

  /** Keeps what is typed in a moment; what was typed and taken back is kept no longer. */
  touched(): void {
    if (this.dirty) this.keeper.touched();
    else void this.keeper.drop();
  }

  /** Its input leaves the page with a token in it: the vault takes it at once. */
  async letGo(token: string): Promise<void> {
    const held = () => token;
    this.readToken = held;
    const kept = await this.keeper.keep();
    if (this.readToken === held) this.readToken = () => "";
    this.tokenKept = this.tokenTyped = kept;
  }

  /** Drops what is typed and shows what is stored. */
  async discard(base: EnvironmentView | null): Promise<void> {
    await this.keeper.drop();
    this.reset(base);
  }

  /** What is typed is not wanted: it is kept nowhere any more. */
  drop(): Promise<void> {
    return this.discard(this.base);
  }

  reset(base: EnvironmentView | null): void {
    this.base = base;
    this.revision = base?.revision;
    this.name = base?.name ?? "";
    this.url = base?.url ?? "";
    this.colour = base?.colour ?? COLOURS.find((one) => !session.environments.some(({ colour }) => colour === one)) ?? "blue";
    this.guarded = base?.protected ?? false;
    this.setProxy(base?.proxy ?? "system");
    this.caPem = undefined;
    this.caFile = "";
    this.replacing = false;
    this.tokenTyped = false;
    this.tokenKept = false;
    this.restored = null;
    this.keeper.forget();
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
    if (this.name.trim() === "") return text.needsName;
    if (this.url.trim() === "") return text.needsUrl;
    if (this.check?.error) return text.badUrl;
    if (this.base === null && !this.tokenTyped) return text.needsToken;
    if (this.proxyMode === "custom" && this.proxyUrl.trim() === "") return text.needsProxy;
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
    const edit: SecretEdit = token !== "" ? { do: "set", value: token } : { do: this.tokenKept ? "unsaved" : "keep" };
    return {
      ...(this.base ? { id: this.base.id, expectedRevision: this.revision } : {}),
      name: this.name.trim(),
      url: this.url.trim(),
      token: edit,
      colour: this.colour,
      protected: this.guarded,
      ...(this.caPem === undefined ? {} : { caPem: this.caPem }),
      proxy: this.proxy,
      ...(this.keeper.name ? { unsaved: this.keeper.name } : {}),
    };
  }

  /** Stores it. The caller empties the token's input, whatever comes of it being stored. */
  async save(token: string): Promise<EnvironmentView | null> {
    this.saving = true;
    this.problem = null;
    await this.keeper.still();
    try {
      const stored = await host().call("env_save", { save: this.asSave(token) });
      const probe = this.probe;
      await session.refreshEnvironments();
      this.reset(session.environment(stored.id) ?? stored);
      // A test of what was just saved still tells of it.
      this.probe ??= probe;
      toasts.done(text.saved(stored.name));
      return stored;
    } catch (thrown) {
      this.problem = asProblem(thrown);
      this.touched();
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
