import type { AppEvent, EnvironmentView, GroupView, Problem, Settings, VaultStatus } from "../bindings/types";
import { host } from "../host";
import { backupText } from "../messages/recovery";
import { asProblem, toasts } from "./toasts.svelte";
import { keepAll } from "./unsaved";

export type Screen = "drafts" | "matrix" | "environments" | "activity" | "settings";

const DEFAULTS: Settings = { theme: "system", autoLockMinutes: 5, clipboardSeconds: 30, density: "comfortable", lockWithSystem: true, lockOnStart: true };

/** What must be known before the vault is open stands in the page's storage: the theme, and whether it opens by itself. */
const OPENS_ON_START = "sealpost.opensOnStart";
const STARTED = "sealpost.started";
/** What a restore did, for the page that comes after the lock. */
const RESTORED = "sealpost.restored";

/** Asked once in the life of the window: a lock reloads the page, and must not open the vault again. */
function opensOnStart(): boolean {
  try {
    const first = sessionStorage.getItem(STARTED) === null;
    sessionStorage.setItem(STARTED, "yes");
    return first && localStorage.getItem(OPENS_ON_START) === "yes";
  } catch {
    return false;
  }
}

/** The newest of the vault's own copies, one of them by its name, or the file that was chosen in the system's dialog. */
export type RestoreFrom = "newest" | "chosen" | { copy: string };

/** What became of a restore. */
interface Restored {
  said: string;
  bad: boolean;
}

function holdOver(restored: Restored): void {
  try {
    sessionStorage.setItem(RESTORED, JSON.stringify(restored));
  } catch {
    // Without storage the lock screen says only that the vault is locked; where the old file went stands in its folder.
  }
}

function heldOver(): Restored | null {
  try {
    const restored = sessionStorage.getItem(RESTORED);
    sessionStorage.removeItem(RESTORED);
    return restored === null ? null : (JSON.parse(restored) as Restored);
  } catch {
    return null;
  }
}

/** Which vault, which screen, which layer is open. Holds no draft and no secret. */
class Session {
  status = $state<VaultStatus | null>(null);
  /** Why there is no status, or why the vault does not open. */
  problem = $state<Problem | null>(null);
  /** Just created: the second step of the first run is still to be seen. */
  welcome = $state(false);
  waiting = $state(false);
  screen = $state<Screen>("drafts");
  environments = $state<EnvironmentView[]>([]);
  /** Those that do not open: shown, and offered for nothing but removal. */
  unreadableEnvironments = $state<EnvironmentView[]>([]);
  groups = $state<GroupView[]>([]);
  settings = $state<Settings>(DEFAULTS);
  environmentId = $state<string | null>(null);
  /** Its form, or what is there. */
  environmentTab = $state<"connection" | "drift">("connection");
  palette = $state(false);
  newDraft = $state(false);
  now = $state(Date.now());
  lastInput = $state(Date.now());
  /** Said on the lock screen: a copy was put in the vault's place, or why not. */
  restored = $state<Restored | null>(null);
  private restoring = false;
  private lockedMeanwhile = false;
  private hearers = new Set<(event: AppEvent) => void>();

  async start(): Promise<void> {
    await host().onEvent((event) => this.hear(event));
    this.restored = heldOver();
    // The system may turn dark at dusk, while the window is open.
    matchMedia("(prefers-color-scheme: light)").addEventListener("change", () => {
      if (this.status?.state === "unlocked") this.applyTheme();
    });
    await this.refreshStatus();
    if (this.status?.state === "locked" && opensOnStart()) await this.enter("vault_unlock");
  }

  /** Asks for an answer to every event; gives a function that stops. */
  listen(hear: (event: AppEvent) => void): () => void {
    this.hearers.add(hear);
    return () => this.hearers.delete(hear);
  }

  private hear(event: AppEvent): void {
    if (event.event === "vaultChanged" && event.state === "locked" && this.status?.state === "unlocked") {
      // Everything decrypted goes with the page: nothing is picked out and cleared by hand. A restore does so itself.
      if (this.restoring) this.lockedMeanwhile = true;
      else location.reload();
      return;
    }
    if (event.event === "vaultChanged" && event.state === "unlocked" && this.status?.state === "unlocked") void this.refreshNotices();
    if (event.event === "lockWanted") void this.lock();
    if (event.event === "contentChanged") void this.refreshEnvironments();
    for (const hear of this.hearers) hear(event);
  }

  async refreshStatus(): Promise<void> {
    try {
      this.status = await host().call("vault_status", {});
      this.problem = null;
      if (this.status.state === "unlocked") await this.opened();
    } catch (thrown) {
      this.problem = asProblem(thrown);
    }
  }

  /** Something worth a word was found meanwhile. */
  private async refreshNotices(): Promise<void> {
    try {
      this.status = await host().call("vault_status", {});
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  /** Puts a copy in the vault's place; the vault is locked then, and the page loaded anew. Gives why it was not done. */
  async restore(from: RestoreFrom, secret: string): Promise<Problem | null> {
    const wasOpen = this.status?.state === "unlocked";
    this.restoring = true;
    this.lockedMeanwhile = false;
    let failed: Problem | null = null;
    try {
      const typed = secret === "" ? {} : { secret };
      const done =
        from === "chosen" ? await host().call("backup_restore_chosen", typed) : await host().call("backup_restore", from === "newest" ? typed : { file: from.copy, ...typed });
      this.restored = { said: `${backupText.restored(done.drafts)}. ${backupText.restoredText(done.kept)}.`, bad: false };
    } catch (thrown) {
      failed = asProblem(thrown);
      if (this.lockedMeanwhile) this.restored = { said: [failed.title, failed.detail, failed.hint].join(" "), bad: true };
    }
    this.restoring = false;
    // The news of the lock may come after the answer: what is to be said is held over before either loads the page anew.
    if ((this.lockedMeanwhile || (wasOpen && !failed)) && this.restored) {
      holdOver(this.restored);
      location.reload();
    } else if (!failed) {
      this.problem = null;
      await this.refreshStatus();
    }
    return failed;
  }

  enter(command: "vault_create" | "vault_unlock"): Promise<void> {
    return this.entered(command === "vault_create", () => host().call(command, {}));
  }

  /** Creates a vault that its passphrase alone opens. */
  createWith(passphrase: string): Promise<void> {
    return this.entered(true, () => host().call("vault_create_with", { passphrase }));
  }

  private async entered(fresh: boolean, enter: () => Promise<VaultStatus>): Promise<void> {
    this.waiting = true;
    this.problem = null;
    try {
      const status = await enter();
      await this.opened();
      this.welcome = fresh;
      this.status = status;
    } catch (thrown) {
      this.problem = asProblem(thrown);
    } finally {
      this.waiting = false;
    }
  }

  /** Opens with something typed: it goes with the call and is kept nowhere. Gives why it did not open. */
  async enterWith(command: "vault_unlock_with" | "vault_recover", secret: string): Promise<Problem | null> {
    this.waiting = true;
    try {
      const status = command === "vault_recover" ? await host().call(command, { secret }) : await host().call(command, { passphrase: secret });
      await this.opened();
      this.problem = null;
      this.status = status;
      return null;
    } catch (thrown) {
      return asProblem(thrown);
    } finally {
      this.waiting = false;
    }
  }

  private async opened(): Promise<void> {
    this.settings = await host().call("settings_get", {});
    this.lastInput = Date.now();
    this.restored = null;
    this.applyTheme();
    await this.refreshEnvironments();
  }

  async refreshEnvironments(): Promise<void> {
    try {
      const all = await host().call("env_list", {});
      this.environments = all.filter((environment) => !environment.unreadable);
      this.unreadableEnvironments = all.filter((environment) => environment.unreadable);
    } catch (thrown) {
      toasts.failed(thrown);
    }
    await this.refreshGroups();
  }

  async refreshGroups(): Promise<void> {
    try {
      this.groups = await host().call("group_list", {});
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  async saveSettings(settings: Settings): Promise<void> {
    try {
      this.settings = await host().call("settings_set", { settings });
      this.applyTheme();
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  applyTheme(): void {
    const { theme } = this.settings;
    try {
      localStorage.setItem("sealpost.theme", theme);
      localStorage.setItem(OPENS_ON_START, this.settings.lockOnStart ? "no" : "yes");
    } catch {
      // Without storage the next start follows the system and asks, which are the defaults anyway.
    }
    const light = theme === "light" || (theme === "system" && matchMedia("(prefers-color-scheme: light)").matches);
    document.documentElement.dataset.theme = light ? "light" : "dark";
    document.documentElement.dataset.density = this.settings.density;
  }

  /** Locks. What is typed goes into the vault first; what can't be kept does not hold the lock up. */
  async lock(): Promise<void> {
    await keepAll();
    try {
      await host().call("vault_lock", {});
    } catch (thrown) {
      toasts.failed(thrown);
      return;
    }
    location.reload();
  }

  go(screen: Screen, environmentId: string | null = null, tab: "connection" | "drift" = "connection"): void {
    this.screen = screen;
    this.environmentId = environmentId;
    this.environmentTab = tab;
  }

  environment(id: string): EnvironmentView | undefined {
    return this.environments.find((environment) => environment.id === id);
  }

  /** Milliseconds until the vault locks by itself, as far as the page knows: Rust counts, and locks. */
  get locksIn(): number {
    const limit = this.settings.autoLockMinutes * 60_000;
    return Math.min(limit, Math.max(0, this.lastInput + limit - this.now));
  }
}

export const session = new Session();
