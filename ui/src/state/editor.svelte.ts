import { SvelteMap } from "svelte/reactivity";
import type { CertificateFacts, Details, DraftContent, DraftSave, DraftView, Issue, OverrideContent, Problem, SecretEdit, SecretField, UnsavedView } from "../bindings/types";
import { host } from "../host";
import { AWS_SCOPE } from "../messages/words";
import { TypedThere } from "./there.svelte";
import { asProblem, toasts } from "./toasts.svelte";
import { Keeper } from "./unsaved";

/** A type's fields, empty. */
export function emptyDetails(type: string): Details {
  switch (type) {
    case "TOKEN":
      return { type: "TOKEN" } as Details;
    case "CERTIFICATE":
    case "PUBLIC_CERTIFICATE":
      return { type, certificateFormat: "PEM" } as Details;
    case "SNMPV3":
      return { type: "SNMPV3", username: "", securityLevel: "AUTH_PRIV", authenticationProtocol: "SHA256", privacyProtocol: "AES256" } as Details;
    case "AWS_MONITORING_KEY_BASED":
      return { type, accessKeyID: "", awsPartition: "DEFAULT" } as Details;
    case "AWS_MONITORING_ROLE_BASED":
      return { type, accountID: "", iamRole: "" } as Details;
    default:
      return { type: "USERNAME_PASSWORD", user: "" } as Details;
  }
}

function firstScope(type: string): string {
  if (type === "PUBLIC_CERTIFICATE") return "EXTENSION";
  if (type === "SNMPV3") return "EXTENSION_AUTHENTICATION";
  return type.startsWith("AWS_") ? AWS_SCOPE : "SYNTHETIC";
}

export function emptyContent(type: string): DraftContent {
  return {
    name: "",
    description: "",
    scopes: [firstScope(type)],
    ownerAccessOnly: true,
    allowedEntities: [],
    allowContextlessRequests: false,
    details: emptyDetails(type),
    note: "",
    tags: [],
    expiresAt: null,
    overrides: {},
  };
}

/** The secret fields of a form, in the order they are shown. */
export function secretFields(details: Details): SecretField[] {
  switch (details.type) {
    case "USERNAME_PASSWORD":
      return details.externalVault ? [] : ["password"];
    case "TOKEN":
      return details.externalVault ? [] : ["token"];
    case "CERTIFICATE":
      return ["certificate", "password"];
    case "PUBLIC_CERTIFICATE":
      return ["certificate"];
    case "SNMPV3":
      if (details.securityLevel === "NO_AUTH_NO_PRIV") return [];
      return details.securityLevel === "AUTH_PRIV" ? ["authenticationPassword", "privacyPassword"] : ["authenticationPassword"];
    case "AWS_MONITORING_KEY_BASED":
      return ["secretKey"];
    default:
      return [];
  }
}

/**
 * One draft being edited. Secrets that were typed stand in a plain map, never in reactive state and never in the
 * content: they go with the save and are dropped with it. A stored secret never comes in here at all.
 */
export class Editor {
  view = $state<DraftView | null>(null);
  content = $state<DraftContent>(emptyContent("USERNAME_PASSWORD"));
  issues = $state<Issue[]>([]);
  /** Findings that only one environment has, by its id. */
  issuesThere = $state<Record<string, Issue[]>>({});
  certificate = $state<CertificateFacts | null>(null);
  strength = $state<number | null>(null);
  dirty = $state(false);
  saving = $state(false);
  /** Another revision was stored in between. */
  stale = $state<Problem | null>(null);
  /** When these edits were kept, if they are from before a lock. */
  restored = $state<number | null>(null);
  /** Grows when secret inputs have to be emptied. */
  wiped = $state(0);
  /** Which secrets wait for a save and what becomes of them; never the values. */
  readonly pending = new SvelteMap<SecretField, "set" | "clear">();
  readonly there = new TypedThere();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- on purpose: a typed secret is no reactive state
  #typed = new Map<SecretField, SecretEdit>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts edits, so that an answer to an older state is known as one. */
  #edits = 0;
  #keeper = new Keeper(() => ({ form: "draft", save: this.#save() }));

  get type(): string {
    return this.content.details.type;
  }

  static of(view: DraftView): Editor {
    const editor = new Editor();
    editor.load(view);
    return editor;
  }

  load(view: DraftView): void {
    this.view = view;
    this.content = structuredClone(view.content);
    this.issues = view.issues;
    this.issuesThere = Object.fromEntries(view.overrides.map((one) => [one.environmentId, one.issues]));
    this.certificate = view.certificate;
    this.#wipe();
    this.dirty = false;
    this.stale = null;
    this.restored = null;
    this.#keeper.forget();
  }

  /** Edits from before a lock, over what is stored now; typed secrets stay in the vault, and a save takes them from there. */
  static async restored(work: UnsavedView & { form: "draft" }, view: DraftView | null): Promise<Editor> {
    const editor = view ? Editor.of(view) : new Editor();
    if (view) editor.view = { ...view, revision: work.expectedRevision ?? view.revision };
    editor.content = work.content;
    for (const [field, what] of Object.entries(work.secrets) as [SecretField, "set" | "clear"][]) {
      editor.#typed.set(field, { do: what === "set" ? "unsaved" : "clear" });
      editor.pending.set(field, what);
    }
    for (const [id, fields] of Object.entries(work.overrideSecrets)) {
      for (const [field, what] of Object.entries(fields) as [SecretField, "set" | "clear"][]) editor.there.put(id, field, { do: what === "set" ? "unsaved" : "clear" });
    }
    editor.dirty = true;
    editor.restored = work.keptAt;
    editor.#keeper.name = work.name;
    await editor.check();
    return editor;
  }

  /** Takes over what another process or a publish changed, unless there are edits to lose. */
  refresh(view: DraftView): void {
    // Asked for before a save, answered after it.
    if (this.view && view.revision < this.view.revision) return;
    if (!this.dirty) this.load(view);
    else this.view = this.view && view.revision === this.view.revision ? view : { ...view, revision: this.view?.revision ?? view.revision };
  }

  change(edit: (content: DraftContent) => void): void {
    edit(this.content);
    this.#touched();
  }

  changeType(type: string): void {
    const { name, description, overrides } = this.content;
    this.content = { ...emptyContent(type), name, description, overrides };
    this.certificate = null;
    this.#wipe();
    this.#touched();
  }

  type_(field: SecretField, edit: SecretEdit): void {
    if (edit.do === "keep") {
      this.#typed.delete(field);
      this.pending.delete(field);
    } else {
      this.#typed.set(field, edit);
      this.pending.set(field, edit.do === "clear" ? "clear" : "set");
    }
    this.#touched();
  }

  /** Changes what differs in one environment; the first change makes the override. */
  changeThere(environmentId: string, edit: (here: OverrideContent) => void): void {
    edit((this.content.overrides[environmentId] ??= {}));
    this.#touched();
  }

  typeThere(environmentId: string, field: SecretField, edit: SecretEdit): void {
    this.content.overrides[environmentId] ??= {};
    this.there.put(environmentId, field, edit);
    this.#touched();
  }

  /** Everything is there what it is everywhere. */
  dropThere(environmentId: string): void {
    delete this.content.overrides[environmentId];
    this.there.drop(environmentId);
    this.#touched();
  }

  /** Does this secret have a value of its own there, after the next save? */
  isSetThere(environmentId: string, field: SecretField): boolean {
    const what = this.there.what(environmentId, field);
    return what === undefined ? this.storedThere(environmentId, field) : what === "set";
  }

  storedThere(environmentId: string, field: SecretField): boolean {
    return this.view?.overrides.some((one) => one.environmentId === environmentId && one.secrets.includes(field)) ?? false;
  }

  isSet(field: SecretField): boolean {
    return this.view?.secrets.some((secret) => secret.field === field && secret.set) ?? false;
  }

  /** Findings to show under a field. A set that was never saved is not blamed for what is still to be filled in. */
  issuesOf(...paths: string[]): Issue[] {
    return this.issues.filter((issue) => paths.includes(issue.path) && (this.view !== null || issue.code !== "required"));
  }

  #touched(): void {
    this.dirty = true;
    this.#edits++;
    this.#keeper.touched();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.check(), 250);
  }

  #save(): DraftSave {
    const fields = secretFields(this.content.details);
    const secrets = Object.fromEntries([...this.#typed].filter(([field]) => fields.includes(field)));
    const overrideSecrets = this.there.edits(fields);
    const save: DraftSave = { content: $state.snapshot(this.content) as DraftContent, secrets, ...(Object.keys(overrideSecrets).length > 0 ? { overrideSecrets } : {}), ...(this.#keeper.name ? { unsaved: this.#keeper.name } : {}) };
    return this.view ? { ...save, id: this.view.id, expectedRevision: this.view.revision } : save;
  }

  async check(): Promise<void> {
    const asked = this.#edits;
    try {
      const found = await host().call("draft_check", { save: this.#save() });
      if (asked !== this.#edits) return;
      this.issues = found.issues;
      this.issuesThere = found.there;
      this.strength = found.strength;
      this.certificate = found.certificate;
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.code === "staleRevision") this.stale = problem;
    }
  }

  /** Stores the draft; true if it is stored. */
  async save(): Promise<boolean> {
    if (this.saving) return false;
    clearTimeout(this.#timer);
    this.saving = true;
    await this.#keeper.still();
    const saved = this.#edits;
    try {
      const view = await host().call("draft_save", { save: this.#save() });
      // What was typed while it was stored is not in it: it stays, over the new revision.
      if (saved === this.#edits) this.load(view);
      else {
        this.view = view;
        this.#keeper.forget();
        this.#keeper.touched();
      }
      return saved === this.#edits;
    } catch (thrown) {
      const problem = asProblem(thrown);
      this.#keeper.touched();
      if (problem.issues.length > 0) this.issues = problem.issues;
      if (problem.code === "staleRevision") this.stale = problem;
      else toasts.failed(problem);
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Drops the edits and shows what is stored. */
  async discard(): Promise<void> {
    await this.drop();
    if (!this.view) return;
    try {
      this.load(await host().call("draft_get", { id: this.view.id }));
    } catch (thrown) {
      toasts.failed(thrown);
    }
  }

  /** The edits are not wanted: they are kept nowhere any more. */
  async drop(): Promise<void> {
    clearTimeout(this.#timer);
    this.dirty = false;
    await this.#keeper.drop();
  }

  /** Keeps the edits as a draft of their own, typed secrets included. */
  async saveAsCopy(): Promise<DraftView | null> {
    await this.#keeper.still();
    const { content, secrets, overrideSecrets, unsaved } = this.#save();
    const save: DraftSave = { content: { ...content, name: `${content.name} copy` }, secrets, ...(overrideSecrets ? { overrideSecrets } : {}), ...(unsaved ? { unsaved } : {}) };
    try {
      const copy = await host().call("draft_save", { save });
      await this.discard();
      return copy;
    } catch (thrown) {
      toasts.failed(thrown);
      return null;
    }
  }

  #wipe(): void {
    this.#typed.clear();
    this.pending.clear();
    this.there.wipe();
    this.strength = null;
    this.wiped += 1;
  }
}
