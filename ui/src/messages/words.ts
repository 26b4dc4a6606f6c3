import type { SyncState } from "../bindings/types";
import type { IconName } from "../ui/icons";

/** The seven types in the order of the picker: how each is called and drawn. */
export const TYPES: { type: string; name: string; short: string; hint: string; icon: IconName }[] = [
  { type: "USERNAME_PASSWORD", name: "Username + password", short: "Username and password", hint: "A user and a password", icon: "user-round-key" },
  { type: "TOKEN", name: "Token", short: "Token", hint: "API token or bearer", icon: "key-round" },
  { type: "CERTIFICATE", name: "Certificate", short: "Certificate", hint: "PEM or PKCS12, with key", icon: "file-key" },
  { type: "PUBLIC_CERTIFICATE", name: "Public certificate", short: "Public certificate", hint: "Certificate without key", icon: "file-badge" },
  { type: "SNMPV3", name: "SNMPv3", short: "SNMPv3", hint: "Network device access", icon: "network" },
  { type: "AWS_MONITORING_KEY_BASED", name: "AWS, key based", short: "AWS, key based", hint: "Access key and secret", icon: "cloud" },
  { type: "AWS_MONITORING_ROLE_BASED", name: "AWS, role based", short: "AWS, role based", hint: "IAM role to assume", icon: "cloud-cog" },
];

/** A file's size. */
export function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function typeIcon(type: string): IconName {
  return TYPES.find((known) => known.type === type)?.icon ?? "file-text";
}

export function typeName(type: string): string {
  return TYPES.find((known) => known.type === type)?.short ?? type;
}

/** A state's word, glyph and colour class. A match is a match with what was last published, never "in sync". */
export const STATES: Record<SyncState, { word: string; pip: IconName; tone: string }> = {
  notTarget: { word: "Not a target", pip: "pip-none", tone: "none" },
  unpublished: { word: "Unpublished", pip: "pip-unpub", tone: "unpub" },
  matches: { word: "Matches", pip: "pip-sync", tone: "sync" },
  modified: { word: "Modified", pip: "pip-mod", tone: "mod" },
  drifted: { word: "Drifted", pip: "pip-drift", tone: "drift" },
  both: { word: "Changed on both sides", pip: "pip-both", tone: "drift" },
  missing: { word: "Missing there", pip: "pip-missing", tone: "drift" },
  unverified: { word: "Can't be verified", pip: "pip-unverified", tone: "exp" },
  unclear: { word: "Unclear", pip: "pip-unclear", tone: "exp" },
  failed: { word: "Failed", pip: "pip-fail", tone: "fail" },
  publishing: { word: "Publishing", pip: "pip-busy", tone: "busy" },
  needsSecret: { word: "Needs its secret", pip: "pip-secret", tone: "exp" },
};

/** Longer, for a label with room: what a match means. */
export function stateSentence(state: SyncState): string {
  return state === "matches" ? "Matches what was last published" : STATES[state].word;
}

/** The states of the sidebar, in its order. */
export const SIDEBAR_STATES: SyncState[] = ["unpublished", "matches", "modified", "drifted", "both", "missing", "unverified", "failed", "unclear", "needsSecret"];

/** Those that are rare: their line is there only while a draft is in that state. */
export const RARE_STATES: SyncState[] = ["both", "missing", "unverified", "unclear", "needsSecret"];

export const SECRET_LABELS: Record<string, string> = {
  password: "Password",
  token: "Token",
  certificate: "File",
  authenticationPassword: "Authentication password",
  privacyPassword: "Privacy password",
  secretKey: "Secret key",
};

export const SCOPES = ["SYNTHETIC", "EXTENSION", "EXTENSION_AUTHENTICATION", "APP_ENGINE"];
export const AWS_SCOPE = "CLOUDS_MONITORING_AUTHENTICATION";

const DAY = 86_400_000;

/** "4m", "3h", "2d": for a narrow column. */
export function ago(at: number, now: number): string {
  const past = Math.max(0, now - at);
  if (past < 60_000) return "now";
  if (past < 3_600_000) return `${Math.floor(past / 60_000)}m`;
  if (past < DAY) return `${Math.floor(past / 3_600_000)}h`;
  return `${Math.floor(past / DAY)}d`;
}

/** "Today, 13:58" or "12 Nov, 09:41". */
export function moment(at: number, now: number): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const sameDay = new Date(now).toDateString() === date.toDateString();
  return sameDay ? `Today, ${time}` : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}

/** "3 Sep 2026". */
export function day(at: number): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** "today", "in 1 day", "in 12 days". */
export function inDays(days: number): string {
  return days === 0 ? "today" : `in ${count(days, "day")}`;
}

/** "1 draft", "2 drafts". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}

/** A defect: what was thrown is no Problem. */
export const ownError = { title: "Sealpost met an error of its own.", detail: "What was stored before is unchanged.", hint: "Try again." };
