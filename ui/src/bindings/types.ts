// Written by `cargo xtask bindings` from crates/app; do not edit.

export type JsonValue = number | string | boolean | null | JsonValue[] | { [key: string]: JsonValue };

export type SecretField = "password" | "token" | "certificate" | "authenticationPassword" | "privacyPassword" | "secretKey";

export type SecretEdit = { "do": "keep" } | { "do": "set", 
/**
 * The new value.
 */
value: string, } | { "do": "setFile", 
/**
 * Base64 of the file's bytes.
 */
base64: string, } | { "do": "unsaved" } | { "do": "clear" };

export type Scope = string;

export type AllowedEntity = { 
/**
 * `USER` or `APPLICATION`.
 */
type: string, 
/**
 * A user name or UUID, or an app id.
 */
id: string, };

export type CertificateFormat = "PEM" | "PKCS12";

export type CertificateFacts = { 
/**
 * Subject of the first (leaf) certificate, as RFC 4514 text.
 */
subject: string, 
/**
 * Issuer, as RFC 4514 text.
 */
issuer: string, 
/**
 * Start of validity.
 */
notBefore: number, 
/**
 * End of validity.
 */
notAfter: number, 
/**
 * Number of certificates in the file.
 */
certificates: number, 
/**
 * Does the file hold a private key?
 */
hasPrivateKey: boolean, 
/**
 * Names of the subject alternative name extension.
 */
alternativeNames: Array<string>, 
/**
 * SHA-256 of the leaf certificate, hex.
 */
fingerprint: string, 
/**
 * Key kind and size, for example `RSA 2048` or `EC P-256`.
 */
key: string, 
/**
 * Name of the picked file, if known.
 */
fileName: string | null, };

export type Reference = { "draft": string } | { "remote": string } | { "literal": string };

export type SourceAuthMethod = { "sourceAuthMethod": "HASHICORP_VAULT_APPROLE", 
/**
 * Folders separated by `/`.
 */
pathToCredentials: string, 
/**
 * Literal.
 */
roleId: string, 
/**
 * A `TOKEN` set.
 */
secretId: Reference, 
/**
 * Literal, for example `admin`.
 */
vaultNamespace: string, } | { "sourceAuthMethod": "HASHICORP_VAULT_CERTIFICATE", 
/**
 * A `CERTIFICATE` set.
 */
certificate: Reference, 
/**
 * Folders separated by `/`.
 */
pathToCredentials: string, } | { "sourceAuthMethod": "AZURE_KEY_VAULT_CLIENT_SECRET", 
/**
 * Directory id, literal.
 */
tenantId: string, 
/**
 * A `TOKEN` set, or a literal with a warning.
 */
clientId: Reference, 
/**
 * A `TOKEN` set, or a literal with a warning.
 */
clientSecret: Reference, } | { "sourceAuthMethod": "CYBERARK_VAULT_USERNAME_PASSWORD", 
/**
 * Literal.
 */
applicationId: string, 
/**
 * Literal.
 */
safeName: string, 
/**
 * Literal.
 */
accountName: string, 
/**
 * Default `Root`.
 */
folderName: string, 
/**
 * A `USERNAME_PASSWORD` set.
 */
usernamePasswordForCPM: Reference, 
/**
 * A `CERTIFICATE` set, recommended.
 */
certificate?: Reference | null, } | { "sourceAuthMethod": "CYBERARK_VAULT_ALLOWED_LOCATION", 
/**
 * Literal.
 */
applicationId: string, 
/**
 * Literal.
 */
safeName: string, 
/**
 * Literal.
 */
accountName: string, 
/**
 * Default `Root`.
 */
folderName: string, 
/**
 * A `CERTIFICATE` set, recommended.
 */
certificate?: Reference | null, };

export type ExternalVault = { 
/**
 * The vault's address.
 */
vaultUrl: string, 
/**
 * Key that holds the user name (Azure, HashiCorp).
 */
usernameSecretName?: string, 
/**
 * Key that holds the password (Azure, HashiCorp).
 */
passwordSecretName?: string, 
/**
 * Key that holds the token (Azure, HashiCorp).
 */
tokenSecretName?: string, 
/**
 * Synthetic location that runs the sync; never in a response, so kept here (contract 3.3).
 */
locationForSynchronizationId?: string, 
/**
 * Fields received that this version does not know.
 */
extra?: { [key in string]: JsonValue }, } & ({ "sourceAuthMethod": "HASHICORP_VAULT_APPROLE", 
/**
 * Folders separated by `/`.
 */
pathToCredentials: string, 
/**
 * Literal.
 */
roleId: string, 
/**
 * A `TOKEN` set.
 */
secretId: Reference, 
/**
 * Literal, for example `admin`.
 */
vaultNamespace: string, } | { "sourceAuthMethod": "HASHICORP_VAULT_CERTIFICATE", 
/**
 * A `CERTIFICATE` set.
 */
certificate: Reference, 
/**
 * Folders separated by `/`.
 */
pathToCredentials: string, } | { "sourceAuthMethod": "AZURE_KEY_VAULT_CLIENT_SECRET", 
/**
 * Directory id, literal.
 */
tenantId: string, 
/**
 * A `TOKEN` set, or a literal with a warning.
 */
clientId: Reference, 
/**
 * A `TOKEN` set, or a literal with a warning.
 */
clientSecret: Reference, } | { "sourceAuthMethod": "CYBERARK_VAULT_USERNAME_PASSWORD", 
/**
 * Literal.
 */
applicationId: string, 
/**
 * Literal.
 */
safeName: string, 
/**
 * Literal.
 */
accountName: string, 
/**
 * Default `Root`.
 */
folderName: string, 
/**
 * A `USERNAME_PASSWORD` set.
 */
usernamePasswordForCPM: Reference, 
/**
 * A `CERTIFICATE` set, recommended.
 */
certificate?: Reference | null, } | { "sourceAuthMethod": "CYBERARK_VAULT_ALLOWED_LOCATION", 
/**
 * Literal.
 */
applicationId: string, 
/**
 * Literal.
 */
safeName: string, 
/**
 * Literal.
 */
accountName: string, 
/**
 * Default `Root`.
 */
folderName: string, 
/**
 * A `CERTIFICATE` set, recommended.
 */
certificate?: Reference | null, });

export type Details = { "type": "USERNAME_PASSWORD", 
/**
 * The user name; sealed, but shown in the list.
 */
user: string, 
/**
 * Values come from an external vault instead (contract 3).
 */
externalVault?: ExternalVault | null, 
/**
 * The person said that a `:` in the user name is meant (contract 6, row 14).
 */
allowColon?: boolean, } | { "type": "TOKEN", 
/**
 * Values come from an external vault instead (contract 3).
 */
externalVault?: ExternalVault | null, } | { "type": "CERTIFICATE", 
/**
 * Format of the file.
 */
certificateFormat: CertificateFormat, 
/**
 * What the file says of itself.
 */
facts?: CertificateFacts | null, } | { "type": "PUBLIC_CERTIFICATE", 
/**
 * Format of the file.
 */
certificateFormat: CertificateFormat, 
/**
 * What the file says of itself.
 */
facts?: CertificateFacts | null, } | { "type": "SNMPV3", 
/**
 * The SNMP user.
 */
username: string, 
/**
 * `NO_AUTH_NO_PRIV`, `AUTH_NO_PRIV` or `AUTH_PRIV`.
 */
securityLevel: string, 
/**
 * `MD5`, `SHA`, `SHA224`, …
 */
authenticationProtocol?: string | null, 
/**
 * `DES`, `AES`, `AES192`, …
 */
privacyProtocol?: string | null, } | { "type": "AWS_MONITORING_KEY_BASED", 
/**
 * `accessKeyID`, with that capital `ID`.
 */
accessKeyID: string, 
/**
 * `DEFAULT`, `CHINA` or `US_GOV`.
 */
awsPartition: string, } | { "type": "AWS_MONITORING_ROLE_BASED", 
/**
 * 12 digits, kept as text for the leading zeros.
 */
accountID: string, 
/**
 * The role's name, not its ARN.
 */
iamRole: string, } | { "type": "UNKNOWN", 
/**
 * The `type` as received.
 */
typeName: string, 
/**
 * Every field as received.
 */
fields: { [key in string]: JsonValue }, };

export type Severity = "warning" | "error";

export type IssueCode = "required" | "colonInUser" | "malformed" | "unknownValue" | "brokenFile" | "wrongPassword" | "pemPassword" | "noPrivateKey" | "privateKeyInPublic" | "expired" | "expiresSoon" | "scopeMismatch" | "contextlessRule" | "appEngineOnManaged" | "tooLarge" | "badReference" | "strayWhitespace" | "shortPassphrase" | "unknownType" | "advice";

export type Issue = { 
/**
 * The field, in the API's spelling with dots: `externalVault.secretId`.
 */
path: string, 
/**
 * What kind of finding.
 */
code: IssueCode, 
/**
 * Does it block publishing?
 */
severity: Severity, 
/**
 * A sentence for a person; never holds a value of a secret field.
 */
message: string, };

export type Code = "vaultAbsent" | "vaultExists" | "vaultLocked" | "vaultTooNew" | "vaultCorrupt" | "vaultBusy" | "diskFull" | "readOnly" | "storage" | "keyMissing" | "keyWrong" | "passphraseNeeded" | "wrongSecret" | "rekeyUnfinished" | "olderCopy" | "syncFolder" | "keyringDenied" | "keyringAbsent" | "keyringNoAnswer" | "keyringNotPersistent" | "notFound" | "ambiguous" | "staleRevision" | "invalid" | "unreadable" | "network" | "refused" | "planMoved" | "consentMissing" | "runActive" | "notBuilt" | "internal";

export type Problem = { 
/**
 * What kind.
 */
code: Code, 
/**
 * What happened, as one sentence.
 */
title: string, 
/**
 * What was kept.
 */
detail: string, 
/**
 * What to do.
 */
hint: string, 
/**
 * Findings field by field, if input was at fault.
 */
issues: Array<Issue>, };

export type VaultState = "absent" | "locked" | "unlocked";

export type UnlockMode = "keyring" | "either" | "both" | "passphrase";

export type KeySlotView = { 
/**
 * `keyring`, `recovery` or `passphrase`.
 */
kind: string, 
/**
 * When it was made, milliseconds since the epoch.
 */
createdAt: number, 
/**
 * Name of the keyring that holds its key, for a keyring slot.
 */
store: string | null, 
/**
 * A passphrase that opens only together with the keyring's key.
 */
needsKeyring: boolean, };

export type VaultStatus = { 
/**
 * What the caller can do next.
 */
state: VaultState, 
/**
 * The folder that holds the vault.
 */
folder: string, 
/**
 * The vault's file.
 */
file: string, 
/**
 * Name shown to people: the file's stem.
 */
name: string, 
/**
 * Ways to open it, for example `keyring`.
 */
keySlots: Array<KeySlotView>, 
/**
 * What opens it from day to day.
 */
unlockMode: UnlockMode, 
/**
 * What the person should know of this vault: what happened, what was kept, what to do.
 */
notices: Array<Problem>, 
/**
 * A new key that was begun and is not in force, if the vault is open.
 */
unfinishedKey: UnfinishedKey | null, 
/**
 * Name of the keyring used here, for example `GNOME Keyring (Secret Service)`.
 */
keyring: string, 
/**
 * Number of drafts, if open.
 */
drafts: number | null, 
/**
 * Number of environments, if open.
 */
environments: number | null, 
/**
 * Schema version of the file, if there is one.
 */
schema: number | null, };

export type KeyringCheck = { 
/**
 * Name of the keyring.
 */
keyring: string, 
/**
 * Can a vault be created here?
 */
usable: boolean, 
/**
 * One sentence: what was found.
 */
summary: string, 
/**
 * One sentence: what to do, if anything.
 */
hint: string, 
/**
 * What was tried, line by line, without secrets.
 */
steps: Array<string>, };

export type BackupView = { 
/**
 * Name of the file.
 */
file: string, 
/**
 * When it was made, `20261124-080000`, UTC.
 */
made: string, 
/**
 * `daily`, `asked`, `before-rekey`, …
 */
why: string, 
/**
 * Its size.
 */
bytes: number, };

export type FileChosen = { 
/**
 * Its path, to be shown.
 */
file: string, 
/**
 * Its size.
 */
bytes: number, };

export type PortableDone = { 
/**
 * The file.
 */
file: string, 
/**
 * Drafts.
 */
drafts: number, 
/**
 * Environments.
 */
environments: number, 
/**
 * Rows that do not open, or environments whose name was taken.
 */
leftOut: number, };

export type DrillView = { 
/**
 * When, milliseconds since the epoch.
 */
at: number, 
/**
 * The copy that was opened.
 */
file: string, 
/**
 * Rows that were opened.
 */
items: number, 
/**
 * Drafts among them.
 */
drafts: number, 
/**
 * Values that did not open.
 */
unreadable: number, 
/**
 * What is wrong with the copy beyond single values, each in words of its own.
 */
damage: Array<string>, 
/**
 * Everything opened.
 */
sound: boolean, };

export type BackupStatus = { 
/**
 * Their folder.
 */
folder: string, 
/**
 * Newest first.
 */
backups: Array<BackupView>, 
/**
 * How many daily ones are kept.
 */
kept: number, 
/**
 * The last drill or read-back.
 */
lastDrill: DrillView | null, };

export type BackupDone = { 
/**
 * Its path.
 */
file: string, 
/**
 * Rows in it.
 */
items: number, 
/**
 * Drafts among them.
 */
drafts: number, 
/**
 * Values that do not open, here and in the vault.
 */
unreadable: number, 
/**
 * What is wrong with both beyond single values.
 */
damage: Array<string>, };

export type RestoreDone = { 
/**
 * The backup.
 */
file: string, 
/**
 * Where the file that was in the vault's place is now.
 */
kept: string | null, 
/**
 * Rows in the restored vault.
 */
items: number, 
/**
 * Drafts among them.
 */
drafts: number, 
/**
 * Values that do not open.
 */
unreadable: number, };

export type RekeyDone = { 
/**
 * Rows that were encrypted again.
 */
items: number, 
/**
 * The copy that was kept before; it opens with the recovery code and passphrase of before, or with the keyring.
 */
backup: string, };

export type RekeyNeeds = "nothing" | "passphrase" | "recoveryCode";

export type UnfinishedKey = { 
/**
 * When it was begun, milliseconds since the epoch.
 */
startedAt: number, 
/**
 * Rows that are encrypted under it.
 */
done: number, 
/**
 * Rows of the vault.
 */
total: number, 
/**
 * What has to be typed to finish it.
 */
needs: RekeyNeeds, };

export type UnreadableView = { 
/**
 * `draft`, `environment`, …
 */
what: string, 
/**
 * The row's id.
 */
id: string, 
/**
 * The column.
 */
column: string, };

export type ContentsView = { 
/**
 * Rows that were read.
 */
items: number, 
/**
 * Drafts among them.
 */
drafts: number, 
/**
 * What does not open.
 */
unreadable: Array<UnreadableView>, 
/**
 * What is wrong beyond single values: the file's structure in SQLite's words, rows that something else changed, the log.
 */
damage: Array<string>, };

export type DoctorReport = { 
/**
 * Nothing is wrong.
 */
healthy: boolean, 
/**
 * The keyring.
 */
keyring: KeyringCheck, 
/**
 * The vault.
 */
vault: VaultStatus, 
/**
 * Why it does not open.
 */
problem: Problem | null, 
/**
 * What is in it, if it opens.
 */
contents: ContentsView | null, 
/**
 * Its backups, if it opens.
 */
backups: BackupStatus | null, };

export type DetailLine = { 
/**
 * What it is.
 */
label: string, 
/**
 * Its value.
 */
value: string, };

export type ActivityEntry = { 
/**
 * Counts up by one.
 */
seq: number, 
/**
 * When, milliseconds since the epoch.
 */
at: number, 
/**
 * A stable word, for example `draftSaved`, `published`, `publishFailed`, `secretRevealed`.
 */
kind: string, 
/**
 * One sentence for people.
 */
text: string, 
/**
 * The draft it concerns.
 */
draftId: string | null, 
/**
 * That draft's name at the time.
 */
draftName: string | null, 
/**
 * The environment it concerns.
 */
environmentId: string | null, 
/**
 * That environment's name at the time.
 */
environmentName: string | null, 
/**
 * The attempt it concerns: its request and answer can be asked for.
 */
attemptId: string | null, 
/**
 * `ok`, `warn` or `bad`.
 */
tone: string, 
/**
 * Label and value pairs shown when the entry is opened; never a secret.
 */
details: Array<DetailLine>, };

export type ActivityPage = { 
/**
 * The entries.
 */
entries: Array<ActivityEntry>, 
/**
 * Pass this as `before` for the next page; none at the end.
 */
nextBefore: number | null, };

export type AttemptLine = { 
/**
 * Its id.
 */
id: string, 
/**
 * When it began, UTC.
 */
at: string, 
/**
 * `create`, `update` or `delete`.
 */
action: string, 
/**
 * `open`, `done`, `refused`, `notSent` or `unclear`.
 */
state: string, 
/**
 * Name of the draft as it was sent.
 */
name: string, 
/**
 * The draft's id.
 */
draftId: string, 
/**
 * The revision that was sent.
 */
revision: number, 
/**
 * Name of the environment, or its id if it was removed since.
 */
environment: string, 
/**
 * Id of the set there.
 */
remoteId: string | null, 
/**
 * User behind the token.
 */
tokenOwner: string | null, 
/**
 * Owner before the write.
 */
ownerBefore: string | null, 
/**
 * Owner after the write.
 */
ownerAfter: string | null, 
/**
 * User of the computer that sent it.
 */
localUser: string | null, 
/**
 * HTTP status of the last answer.
 */
status: number | null, 
/**
 * Milliseconds to the answer.
 */
tookMs: number | null, };

export type AttemptReport = { 
/**
 * When it was made: `2026-11-24 13:00:00`, UTC.
 */
madeAt: string, 
/**
 * The attempts.
 */
attempts: Array<AttemptLine>, 
/**
 * The same as Markdown.
 */
markdown: string, };

export type AttemptEvidence = { 
/**
 * The attempt.
 */
attempt: AttemptLine, 
/**
 * What happened, in our words; empty after a success.
 */
message: string, 
/**
 * What the server said.
 */
serverMessage: string | null, 
/**
 * Every request and its answer, in order. Empty if it never came to one, or the program ended before the answer.
 */
exchanges: Array<ExchangeView>, };

export type ExchangeView = { 
/**
 * When it was sent, milliseconds since the epoch.
 */
sentAt: number, 
/**
 * HTTP method.
 */
method: string, 
/**
 * Path and query.
 */
path: string, 
/**
 * Headers as sent.
 */
requestHeaders: Array<DetailLine>, 
/**
 * JSON as sent, with a mark in the place of every secret.
 */
requestBody: string | null, 
/**
 * HTTP status, if an answer began.
 */
status: number | null, 
/**
 * Headers of the answer, from a list of those that are kept.
 */
responseHeaders: Array<DetailLine>, 
/**
 * What is kept of the answer.
 */
responseBody: string | null, 
/**
 * Why there is no answer.
 */
failure: string | null, 
/**
 * Milliseconds to the end of the answer.
 */
tookMs: number, };

export type Settings = { 
/**
 * `system`, `light` or `dark`.
 */
theme: string, 
/**
 * Minutes without activity before the vault locks, 1 to 60.
 */
autoLockMinutes: number, 
/**
 * Seconds before a copied secret leaves the clipboard, 15 to 30.
 */
clipboardSeconds: number, 
/**
 * `comfortable` or `compact`.
 */
density: string, 
/**
 * Lock when the screen locks, the computer sleeps, another user comes, or the clock jumps.
 */
lockWithSystem: boolean, 
/**
 * Ask before the vault is opened when the program starts; off, it opens by its keyring at once.
 */
lockOnStart: boolean, };

export type CopyReceipt = { 
/**
 * Seconds until it is cleared, if it is still ours by then.
 */
clearsInSeconds: number, };

export type Protection = { 
/**
 * A stable word: `coreDumps`, `memory`, `lockedKeys`, `wipedMemory`, `automation`, `screenCapture`,
 * `clipboardHistory`, `sleep`, `screenLock`.
 */
name: string, 
/**
 * Whether it is in force.
 */
state: ProtectionState, };

export type ProtectionState = "on" | "off" | "unavailable";

export type AppEvent = { "event": "vaultChanged", 
/**
 * The state it is in now.
 */
state: VaultState, } | { "event": "contentChanged" } | { "event": "lockWanted" } | { "event": "closeWanted" } | { "event": "fileDropped", 
/**
 * Pixels from the page's left edge.
 */
x: number, 
/**
 * Pixels from its upper edge.
 */
y: number, 
/**
 * The file's name, without its folder.
 */
name: string, } | { "event": "rekeyMoved", 
/**
 * Rows done.
 */
done: number, 
/**
 * All rows.
 */
total: number, } | { "event": "runMoved", 
/**
 * What is new of it.
 */
moved: RunMoved, };

export type SyncState = "notTarget" | "matches" | "unpublished" | "modified" | "drifted" | "both" | "missing" | "unverified" | "unclear" | "failed" | "publishing" | "needsSecret";

export type DraftQuery = { 
/**
 * Words to find in name, user, description, tags, remote ids; all must match.
 */
text?: string, 
/**
 * Only this type (API spelling).
 */
typeName?: string, 
/**
 * Only drafts in this overall state.
 */
state?: SyncState, 
/**
 * Only drafts whose secret or certificate ends within 30 days.
 */
expiring?: boolean, 
/**
 * Only drafts linked to this environment.
 */
environmentId?: string, 
/**
 * List the trash instead.
 */
trash?: boolean, 
/**
 * `updated` (newest first, the default), `name` or `type`.
 */
sort?: string, 
/**
 * Turn the order round.
 */
descending?: boolean, 
/**
 * First row wanted.
 */
offset?: number, 
/**
 * Number of rows wanted, at most 500.
 */
limit?: number, };

export type Pip = { 
/**
 * The environment.
 */
environmentId: string, 
/**
 * The state there.
 */
state: SyncState, };

export type DraftRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * Display name.
 */
name: string, 
/**
 * API spelling of the type.
 */
typeName: string, 
/**
 * A user, a subject, a key id: what stands beside the name.
 */
summary: string, 
/**
 * Current revision.
 */
revision: number, 
/**
 * Last save, milliseconds since the epoch.
 */
updatedAt: number, 
/**
 * When it went to the trash.
 */
deletedAt: number | null, 
/**
 * State over all environments: the worst.
 */
state: SyncState, 
/**
 * One entry per environment, in the order of the environments.
 */
pips: Array<Pip>, 
/**
 * Ends within 30 days, or has ended.
 */
expiring: boolean, };

export type DraftCounts = { 
/**
 * Drafts outside the trash.
 */
all: number, 
/**
 * Drafts in the trash.
 */
trash: number, 
/**
 * By type (API spelling).
 */
byType: { [key in string]: number }, 
/**
 * By overall state (camel-case word of `SyncState`).
 */
byState: { [key in string]: number }, 
/**
 * Ending within 30 days.
 */
expiring: number, };

export type DraftList = { 
/**
 * How many match.
 */
total: number, 
/**
 * Index of the first row.
 */
offset: number, 
/**
 * The rows asked for.
 */
rows: Array<DraftRow>, 
/**
 * Numbers over the whole vault.
 */
counts: DraftCounts, };

export type SecretFieldView = { 
/**
 * Which field.
 */
field: SecretField, 
/**
 * Is a value stored?
 */
set: boolean, };

export type OverrideContent = { 
/**
 * Display name there.
 */
name?: string, 
/**
 * Description there.
 */
description?: string, 
/**
 * User, SNMP username or AWS access key ID there.
 */
user?: string, 
/**
 * Scopes there.
 */
scopes?: Array<Scope>, 
/**
 * Owner only there.
 */
ownerAccessOnly?: boolean, 
/**
 * Users and apps that may use the set there.
 */
allowedEntities?: Array<AllowedEntity>, 
/**
 * Without a user's context there.
 */
allowContextlessRequests?: boolean, };

export type OverrideView = { 
/**
 * The environment.
 */
environmentId: string, 
/**
 * Its name; empty if it was removed.
 */
environment: string, 
/**
 * Its colour.
 */
colour: string, 
/**
 * Labels of what differs there.
 */
fields: Array<string>, 
/**
 * Secrets that have another value there.
 */
secrets: Array<SecretField>, 
/**
 * What the certificate file there says, if it is another one.
 */
certificate: CertificateFacts | null, 
/**
 * Put there by a roll-back.
 */
rolledBack: boolean, 
/**
 * Findings that only this environment has; errors block publishing to it.
 */
issues: Array<Issue>, };

export type DraftContent = { 
/**
 * Display name.
 */
name: string, 
/**
 * Free text.
 */
description: string, 
/**
 * Scopes.
 */
scopes: Array<Scope>, 
/**
 * Owner only.
 */
ownerAccessOnly: boolean, 
/**
 * Users and apps that may use the set.
 */
allowedEntities: Array<AllowedEntity>, 
/**
 * Without a user's context.
 */
allowContextlessRequests: boolean, 
/**
 * The fields of the type, tagged with `type`.
 */
details: Details, 
/**
 * A note that is never sent.
 */
note: string, 
/**
 * Labels that are never sent.
 */
tags: Array<string>, 
/**
 * When the secret stops working, milliseconds since the epoch.
 */
expiresAt: number | null, 
/**
 * What differs per environment, by its id. One that is left out of a save is taken away, its secrets with it.
 */
overrides: Record<string, OverrideContent>, };

export type DraftView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Display name.
 */
name: string, 
/**
 * API spelling of the type.
 */
type: string, 
/**
 * Current revision; a save must name it.
 */
revision: number, 
/**
 * First save, milliseconds since the epoch.
 */
createdAt: number, 
/**
 * Last save, milliseconds since the epoch.
 */
updatedAt: number, 
/**
 * When it went to the trash.
 */
deletedAt: number | null, 
/**
 * Everything a person typed but the secrets.
 */
content: DraftContent, 
/**
 * The secret fields of this form, and whether each is set.
 */
secrets: Array<SecretFieldView>, 
/**
 * What the file says, for certificates.
 */
certificate: CertificateFacts | null, 
/**
 * State over all environments.
 */
state: SyncState, 
/**
 * One entry per environment it is linked to.
 */
publications: Array<PublicationView>, 
/**
 * Findings; errors block publishing.
 */
issues: Array<Issue>, 
/**
 * What is overridden per environment.
 */
overrides: Array<OverrideView>, 
/**
 * Can't be edited or published: a type this version does not know.
 */
readOnly: boolean, };

export type DraftSave = { 
/**
 * Missing for a new draft.
 */
id?: string, 
/**
 * The revision that was edited; the save is refused if another one is stored by now.
 */
expectedRevision?: number, 
/**
 * Everything but the secrets.
 */
content: DraftContent, 
/**
 * Per secret field: keep (the default), set, or clear.
 */
secrets: Partial<Record<SecretField, SecretEdit>>, 
/**
 * The same per environment, by its id: `clear` makes the secret there what it is everywhere.
 */
overrideSecrets?: Record<string, Partial<Record<SecretField, SecretEdit>>>, 
/**
 * Unsaved work these edits come from: secrets with `unsaved` are taken from it, and a save settles it.
 */
unsaved?: string, };

export type DraftCheck = { 
/**
 * Findings; errors block publishing, never saving.
 */
issues: Array<Issue>, 
/**
 * What a newly set certificate file says of itself.
 */
certificate: CertificateFacts | null, 
/**
 * How hard the newly set password is to guess: 0 to 4, if one was set.
 */
strength: number | null, 
/**
 * Findings that only one environment has, by its id.
 */
there: Record<string, Issue[]>, };

export type RevisionView = { 
/**
 * The revision.
 */
revision: number, 
/**
 * When it was saved, milliseconds since the epoch.
 */
savedAt: number, 
/**
 * The content then.
 */
content: DraftContent, 
/**
 * What differs from the revision before it, in words: field paths; secrets read only "changed".
 */
changes: Array<string>, 
/**
 * Is it the current one?
 */
current: boolean, };

export type UseView = { 
/**
 * `httpMonitor`, `extension`, `terraform`, `curl` or `sdk`.
 */
key: string, 
/**
 * For people.
 */
title: string, 
/**
 * What the text is written in: `json`, `hcl`, `sh`, `ts`.
 */
language: string, 
/**
 * The text.
 */
text: string, };

export type UnsavedSave = { "form": "draft", 
/**
 * As it would be saved.
 */
save: DraftSave, } | { "form": "environment", 
/**
 * As it would be saved.
 */
save: EnvironmentSave, };

export type UnsavedSecret = "set" | "clear";

export type UnsavedEnvironment = { 
/**
 * As typed.
 */
name: string, 
/**
 * As typed.
 */
url: string, 
/**
 * One of the eight colours.
 */
colour: string, 
/**
 * Its name must be typed before every publish.
 */
protected: boolean, 
/**
 * A CA file that was picked; empty if the stored one is to go, none if it stays.
 */
caPem: string | null, 
/**
 * `system`, `none`, or a proxy URL.
 */
proxy: string, };

export type UnsavedForm = { "form": "draft", 
/**
 * Everything but the secrets.
 */
content: DraftContent, } | { "form": "environment", 
/**
 * Everything but the token.
 */
fields: UnsavedEnvironment, };

export type UnsavedView = { 
/**
 * Names it in a save and in a drop.
 */
name: string, 
/**
 * When it was kept, milliseconds since the epoch.
 */
keptAt: number, 
/**
 * The draft or environment that was edited; none for a new one.
 */
id: string | null, 
/**
 * The revision that was edited.
 */
expectedRevision: number | null, 
/**
 * Secret fields that were typed or cleared; an environment's token is `token`.
 */
secrets: { [key in SecretField]?: UnsavedSecret }, 
/**
 * The same per environment, for a draft's overrides.
 */
overrideSecrets: Record<string, Partial<Record<SecretField, UnsavedSecret>>>, } & ({ "form": "draft", 
/**
 * Everything but the secrets.
 */
content: DraftContent, } | { "form": "environment", 
/**
 * Everything but the token.
 */
fields: UnsavedEnvironment, });

export type ProbeCheck = { 
/**
 * What was checked: `Address`, `TLS`, `credentialVault.read`, …
 */
name: string, 
/**
 * `ok`, `warning`, `failed` or `unknown`.
 */
result: string, 
/**
 * One word: Trusted, Granted, Missing, Not readable, …
 */
word: string, 
/**
 * What was found and what to do.
 */
detail: string, };

export type ProbeView = { 
/**
 * When, milliseconds since the epoch.
 */
at: number, 
/**
 * Could it be reached at all?
 */
reachable: boolean, 
/**
 * No check failed.
 */
ok: boolean, 
/**
 * Round trip of the list request, milliseconds.
 */
latencyMs: number | null, 
/**
 * User behind the token.
 */
owner: string | null, 
/**
 * When the token ends, milliseconds since the epoch.
 */
tokenExpiresAt: number | null, 
/**
 * Can publish: reachable, write scope, enabled.
 */
canWrite: boolean, 
/**
 * The checks in order.
 */
checks: Array<ProbeCheck>, };

export type EnvironmentView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Revision; a save must name it.
 */
revision: number, 
/**
 * Unique name.
 */
name: string, 
/**
 * The address requests go to, without `/api/v2`.
 */
url: string, 
/**
 * `SaaS`, `Managed`, `ActiveGate`, `Local` or `Sandbox`.
 */
kind: string, 
/**
 * The environment's own id as far as the address tells it.
 */
environmentKey: string | null, 
/**
 * First two parts of the token, safe to show.
 */
tokenIdentifier: string, 
/**
 * One of `red orange amber green teal blue violet grey`.
 */
colour: string, 
/**
 * Its name must be typed before every publish.
 */
protected: boolean, 
/**
 * Nothing is ever written there.
 */
readOnly: boolean, 
/**
 * The built-in sandbox.
 */
sandbox: boolean, 
/**
 * Subject of the extra CA certificate, if one is stored.
 */
caSubject: string | null, 
/**
 * When that certificate ends, milliseconds since the epoch.
 */
caNotAfter: number | null, 
/**
 * `system`, `none`, or a proxy URL.
 */
proxy: string, 
/**
 * Number of drafts published there.
 */
published: number, 
/**
 * It does not open: only its id is known, and it can only be removed or taken out as it is.
 */
unreadable: boolean, 
/**
 * The last connection test, kept.
 */
lastProbe: ProbeView | null, };

export type EnvironmentSave = { 
/**
 * Missing for a new one.
 */
id?: string, 
/**
 * The revision that was edited.
 */
expectedRevision?: number, 
/**
 * Unique name.
 */
name: string, 
/**
 * As pasted; normalised on save.
 */
url: string, 
/**
 * The token: keep, set. Clear is refused.
 */
token?: SecretEdit, 
/**
 * One of the eight colours.
 */
colour: string, 
/**
 * Its name must be typed before every publish.
 */
protected: boolean, 
/**
 * Nothing is ever written there; missing keeps what is stored.
 */
readOnly?: boolean, 
/**
 * Extra CA certificates as PEM text: missing keeps what is stored, empty removes it. The text is kept in the
 * vault, since a file that moves would cut the environment off.
 */
caPem?: string, 
/**
 * `system` (default), `none`, or a proxy URL.
 */
proxy: string, 
/**
 * Unsaved work these edits come from: secrets with `unsaved` are taken from it, and a save settles it.
 */
unsaved?: string, };

export type UrlCheck = { 
/**
 * The address requests go to.
 */
url: string, 
/**
 * `SaaS`, `Managed`, `ActiveGate` or `Local`.
 */
kind: string, 
/**
 * One sentence: what was recognised, what was rewritten.
 */
note: string, 
/**
 * Why it can't be used; empty if it can.
 */
error: string, };

export type UsageView = { 
/**
 * `HTTP_MONITOR`, `BROWSER_MONITOR` or another.
 */
kind: string, 
/**
 * How many.
 */
count: number, };

export type PublicationView = { 
/**
 * The environment's id.
 */
environmentId: string, 
/**
 * The environment's name.
 */
environment: string, 
/**
 * The environment's colour.
 */
colour: string, 
/**
 * Its name must be typed before every publish.
 */
protected: boolean, 
/**
 * Id of the set there: `CREDENTIALS_VAULT-…`.
 */
remoteId: string | null, 
/**
 * Owner as read after the write.
 */
owner: string | null, 
/**
 * Scopes as read after the write.
 */
scopes: Array<string>, 
/**
 * Monitors that use it, by kind.
 */
usage: Array<UsageView>, 
/**
 * Where it stands.
 */
state: SyncState, 
/**
 * Revision that was last published.
 */
publishedRevision: number | null, 
/**
 * When, milliseconds since the epoch.
 */
publishedAt: number | null, 
/**
 * When the remote set was last read, milliseconds since the epoch.
 */
verifiedAt: number | null, 
/**
 * What the server made up and a person needs, for example AWS `externalID`.
 */
externalId: string | null, 
/**
 * The last failure in words, if the last attempt failed or is unclear.
 */
problem: string | null, };

export type PlanAction = "create" | "update" | "adopt" | "conflict" | "delete" | "noChange" | "blocked";

export type FieldChange = { 
/**
 * Path in the API's spelling.
 */
path: string, 
/**
 * Label for people.
 */
label: string, 
/**
 * A secret: neither value is ever here.
 */
secret: boolean, 
/**
 * What is there now, as lines; empty for a new set or a secret.
 */
before: Array<string>, 
/**
 * What would be there, as lines; empty for a secret.
 */
after: Array<string>, };

export type OwnerChange = { 
/**
 * The owner now.
 */
from: string, 
/**
 * The user behind the token.
 */
to: string, };

export type MonitorView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * `HTTP`, `BROWSER` or another.
 */
kind: string, 
/**
 * Does it run?
 */
enabled: boolean, };

export type FoundSet = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its owner.
 */
owner: string, 
/**
 * Its description.
 */
description: string, 
/**
 * Its scopes.
 */
scopes: Array<string>, 
/**
 * Monitors that use it.
 */
usage: Array<UsageView>, };

export type ConflictField = { 
/**
 * Path in the API's spelling.
 */
path: string, 
/**
 * Label for people.
 */
label: string, 
/**
 * As last published.
 */
published: Array<string>, 
/**
 * As it is there now.
 */
theirs: Array<string>, 
/**
 * As it is in the draft.
 */
mine: Array<string>, };

export type FieldStanding = "open" | "accepted" | "ignored";

export type StandingField = { 
/**
 * Path in the API's spelling.
 */
path: string, 
/**
 * Label for people.
 */
label: string, 
/**
 * Accepted or ignored.
 */
standing: FieldStanding, 
/**
 * As it is there, as lines.
 */
theirs: Array<string>, 
/**
 * As the draft has it, as lines.
 */
mine: Array<string>, };

export type DriftSettlement = "accept" | "ignore" | "compare";

export type DriftField = { 
/**
 * Path in the API's spelling.
 */
path: string, 
/**
 * Label for people.
 */
label: string, 
/**
 * As last published, as lines.
 */
published: Array<string>, 
/**
 * As it is there, as lines.
 */
theirs: Array<string>, 
/**
 * As it is in the draft, as lines.
 */
mine: Array<string>, 
/**
 * What a person said of it.
 */
standing: FieldStanding, };

export type DriftView = { 
/**
 * The draft.
 */
draftId: string, 
/**
 * Its name.
 */
draftName: string, 
/**
 * Its type (API spelling).
 */
type: string, 
/**
 * The environment.
 */
environmentId: string, 
/**
 * Its name.
 */
environment: string, 
/**
 * Id of the set there.
 */
remoteId: string, 
/**
 * Where it stands.
 */
state: SyncState, 
/**
 * Its owner there.
 */
owner: string | null, 
/**
 * When the difference was first seen, milliseconds since the epoch; the server does not say when it was made.
 */
seenAt: number | null, 
/**
 * When the set was last read, milliseconds since the epoch.
 */
verifiedAt: number | null, 
/**
 * Fields that differ, and those that are ignored.
 */
fields: Array<DriftField>, };

export type PlanRow = { 
/**
 * Name of the row within its plan: `draft:environment`.
 */
key: string, 
/**
 * The draft.
 */
draftId: string, 
/**
 * Its name.
 */
draftName: string, 
/**
 * Its type (API spelling).
 */
typeName: string, 
/**
 * Its revision when the plan was made.
 */
revision: number, 
/**
 * The environment.
 */
environmentId: string, 
/**
 * What would happen.
 */
action: PlanAction, 
/**
 * The set that would be replaced.
 */
remoteId: string | null, 
/**
 * Method and path as sent, for example `PUT …/CREDENTIALS_VAULT-…`.
 */
request: string, 
/**
 * One line: what happens.
 */
summary: string, 
/**
 * Field by field; secrets read only "changed".
 */
changes: Array<FieldChange>, 
/**
 * Labels of what stays.
 */
unchanged: Array<string>, 
/**
 * Why it is blocked.
 */
reasons: Array<string>, 
/**
 * Worth knowing before saying yes; never blocks.
 */
warnings: Array<string>, 
/**
 * The write makes another user the owner; needs its own consent.
 */
ownerChange: OwnerChange | null, 
/**
 * Monitors that use the set now.
 */
usage: Array<UsageView>, 
/**
 * Those monitors by name, as far as the token may read them.
 */
monitors: Array<MonitorView>, 
/**
 * Sets of the same name and type that no draft is linked to: each can be adopted instead of making another.
 */
adoptable: Array<FoundSet>, 
/**
 * What was changed there since it was last published, field by field; not empty for a conflict.
 */
conflict: Array<ConflictField>, 
/**
 * What differs there and was accepted or is ignored. No reason to publish; an update replaces it all the same.
 */
standing: Array<StandingField>, 
/**
 * Equal as long as draft, publication and remote metadata are what this row was decided on.
 */
fingerprint: string, };

export type PlanEnvironment = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name; must be typed if protected.
 */
name: string, 
/**
 * Its colour.
 */
colour: string, 
/**
 * Its name must be typed.
 */
protected: boolean, 
/**
 * User behind the token, if it could be read.
 */
tokenOwner: string | null, 
/**
 * Why nothing can be published there.
 */
problem: string | null, };

export type PlanView = { 
/**
 * Name of the plan, for `publish_start`.
 */
id: string, 
/**
 * When the environments were read, milliseconds since the epoch.
 */
madeAt: number, 
/**
 * Fingerprint over all rows.
 */
fingerprint: string, 
/**
 * Environments in order, protected first.
 */
environments: Array<PlanEnvironment>, 
/**
 * Rows, in the order they would run.
 */
rows: Array<PlanRow>, };

export type AdoptChoice = { 
/**
 * Key of the plan's row.
 */
row: string, 
/**
 * Id of the set.
 */
remoteId: string, };

export type PublishStart = { 
/**
 * The plan.
 */
planId: string, 
/**
 * Rows to run.
 */
rows: Array<string>, 
/**
 * Rows whose owner change was agreed to, one by one.
 */
ownerChanges: Array<string>, 
/**
 * Names typed for protected environments.
 */
confirmedNames: Array<string>, 
/**
 * Rows in conflict whose draft shall replace what was changed there.
 */
keepMine?: Array<string>, 
/**
 * Rows that shall adopt one of their adoptable sets instead of making another.
 */
adopt?: Array<AdoptChoice>, };

export type RunState = "queued" | "sending" | "waiting" | "verifying" | "done" | "failed" | "unclear" | "skipped";

export type RunItem = { 
/**
 * Key of the plan's row.
 */
key: string, 
/**
 * The draft.
 */
draftId: string, 
/**
 * Its name.
 */
draftName: string, 
/**
 * Its type (API spelling).
 */
typeName: string, 
/**
 * The environment.
 */
environmentId: string, 
/**
 * Its name.
 */
environment: string, 
/**
 * Create or update.
 */
action: PlanAction, 
/**
 * Where it stands.
 */
state: RunState, 
/**
 * Id of the set.
 */
remoteId: string | null, 
/**
 * Owner as read after the write.
 */
owner: string | null, 
/**
 * The attempt, once it has ended: its request and answer can be asked for.
 */
attemptId: string | null, 
/**
 * What happened, in our words.
 */
message: string, 
/**
 * What the server said, verbatim and apart from ours.
 */
serverMessage: string | null, 
/**
 * Its violations: path and message.
 */
violations: Array<DetailLine>, 
/**
 * What to do.
 */
hint: string | null, 
/**
 * When the next try starts, milliseconds since the epoch.
 */
retryAt: number | null, 
/**
 * Time from first byte to recorded, milliseconds.
 */
tookMs: number | null, };

export type RunView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Started, milliseconds since the epoch.
 */
startedAt: number, 
/**
 * Ended, milliseconds since the epoch.
 */
finishedAt: number | null, 
/**
 * A person asked to stop: the request in flight is finished first.
 */
cancelling: boolean, 
/**
 * Grows with everything that happens; [`RunMoved`] says what is new since one.
 */
version: number, 
/**
 * One per row, in the plan's order.
 */
items: Array<RunItem>, };

export type RunMoved = { 
/**
 * The run.
 */
id: string, 
/**
 * Everything after this version is in here. Whoever stands at an earlier one has missed something and asks.
 */
after: number, 
/**
 * The version it is now.
 */
version: number, 
/**
 * Ended, milliseconds since the epoch.
 */
finishedAt: number | null, 
/**
 * A person asked to stop.
 */
cancelling: boolean, 
/**
 * How far it is.
 */
counts: RunCounts, 
/**
 * The rows that moved.
 */
items: Array<MovedItem>, };

export type MovedItem = { 
/**
 * Its place among the run's items.
 */
place: number, 
/**
 * What it is now.
 */
item: RunItem, };

export type RunCounts = { 
/**
 * All of them.
 */
total: number, 
/**
 * Not ended yet.
 */
open: number, 
/**
 * Waiting before another try; among the open ones.
 */
waiting: number, 
/**
 * Written and recorded.
 */
done: number, 
/**
 * Failed or unclear.
 */
failed: number, };

export type RemoteSetView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Display name.
 */
name: string, 
/**
 * API spelling, known or not.
 */
type: string, 
/**
 * Free text.
 */
description: string, 
/**
 * Owner.
 */
owner: string, 
/**
 * Owner only.
 */
ownerAccessOnly: boolean, 
/**
 * Scopes.
 */
scopes: Array<string>, 
/**
 * Monitors that use it.
 */
usage: Array<UsageView>, 
/**
 * The draft it is linked to.
 */
draftId: string | null, };

export type RemoteView = { 
/**
 * The environment.
 */
environmentId: string, 
/**
 * When it was looked at, milliseconds since the epoch; none if it was not since the vault was opened.
 */
lookedAt: number | null, 
/**
 * Number of sets that the token sees.
 */
sets: number, 
/**
 * Published sets that differ, and settled ones.
 */
drift: Array<DriftView>, 
/**
 * Sets that no draft is linked to, without those that are ignored.
 */
unmanaged: Array<RemoteSetView>, 
/**
 * Sets that are ignored there, by name; also those that are gone since.
 */
ignored: Array<IgnoredSet>, };

export type IgnoredSet = { 
/**
 * Its id there.
 */
id: string, 
/**
 * The name it had when it was ignored.
 */
name: string, 
/**
 * Its type (API spelling).
 */
type: string, };

export type AdoptedSets = { 
/**
 * Ids of the drafts that were made, in the order of the sets.
 */
draftIds: Array<string>, 
/**
 * Sets that were left, and why.
 */
left: Array<LeftSet>, };

export type LeftSet = { 
/**
 * Its id there.
 */
id: string, 
/**
 * Its name, if it is there.
 */
name: string, 
/**
 * Why.
 */
problem: Problem, };

export type MatrixQuery = { 
/**
 * Words to find; all must match.
 */
text?: string, 
/**
 * Only drafts in this overall state.
 */
state?: SyncState, 
/**
 * Only drafts.
 */
drafts?: boolean, 
/**
 * Only sets that no draft is linked to.
 */
unmanaged?: boolean, 
/**
 * First row wanted.
 */
offset?: number, 
/**
 * Number of rows wanted, at most 500.
 */
limit?: number, };

export type MatrixCell = { 
/**
 * The draft's state there; `notTarget` in the row of sets of nobody.
 */
state: SyncState, 
/**
 * Id of the set there.
 */
remoteId: string | null, };

export type MatrixRow = { 
/**
 * Its name among all rows.
 */
key: string, 
/**
 * The draft; none for sets that no draft is linked to.
 */
draftId: string | null, 
/**
 * Name.
 */
name: string, 
/**
 * Type (API spelling).
 */
type: string, 
/**
 * The worst of its cells.
 */
state: SyncState, 
/**
 * Environments where the draft has no set.
 */
missing: number, 
/**
 * One per environment, in their order.
 */
cells: Array<MatrixCell>, };

export type MatrixEnvironment = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its colour.
 */
colour: string, 
/**
 * Its name must be typed before every publish.
 */
protected: boolean, 
/**
 * When its sets were last looked at, milliseconds since the epoch; none since the vault was opened.
 */
lookedAt: number | null, };

export type MatrixView = { 
/**
 * How many rows match.
 */
total: number, 
/**
 * Index of the first row.
 */
offset: number, 
/**
 * How many of all are drafts; they come first.
 */
drafts: number, 
/**
 * The columns.
 */
environments: Array<MatrixEnvironment>, 
/**
 * The rows asked for.
 */
rows: Array<MatrixRow>, };

export type RotationStart = { 
/**
 * The draft.
 */
id: string, 
/**
 * The revision that was edited; refused if another one is stored by now.
 */
expectedRevision?: number, 
/**
 * Environments that get the new secret first.
 */
canary: Array<string>, 
/**
 * The new values: at least one is set.
 */
secrets: Partial<Record<SecretField, SecretEdit>>, 
/**
 * The user or access key ID that belongs to the new secret, if it is another one.
 */
user?: string, };

export type RotatedState = "waiting" | "done" | "rollingBack" | "rolledBack" | "failed" | "unclear";

export type RotationPhase = "canary" | "check" | "rest" | "done" | "rolledBack";

export type PreviousSecret = { 
/**
 * The last revision of the draft that holds it.
 */
revision: number, 
/**
 * When that revision was saved, milliseconds since the epoch.
 */
savedAt: number, 
/**
 * Was it ever published to this environment from here?
 */
published: boolean, };

export type RotatedEnvironment = { 
/**
 * The environment.
 */
environmentId: string, 
/**
 * Its name.
 */
environment: string, 
/**
 * Its colour.
 */
colour: string, 
/**
 * Its name must be typed before every publish.
 */
protected: boolean, 
/**
 * Is the new secret tried here first?
 */
canary: boolean, 
/**
 * Where it stands.
 */
state: RotatedState, 
/**
 * The draft's revision that is published there.
 */
publishedRevision: number | null, 
/**
 * Up to five earlier secrets, the newest first.
 */
previous: Array<PreviousSecret>, };

export type RotationView = { 
/**
 * The draft.
 */
draftId: string, 
/**
 * Its name.
 */
draftName: string, 
/**
 * Its revision now.
 */
revision: number, 
/**
 * When the secret was changed, milliseconds since the epoch.
 */
startedAt: number, 
/**
 * The secrets that were changed.
 */
fields: Array<SecretField>, 
/**
 * How far it is.
 */
phase: RotationPhase, 
/**
 * Canary first.
 */
environments: Array<RotatedEnvironment>, };

export type GroupView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Revision; a save must name it.
 */
revision: number, 
/**
 * Unique name.
 */
name: string, 
/**
 * Its environments.
 */
environmentIds: Array<string>, };

export type GroupSave = { 
/**
 * Missing for a new one.
 */
id?: string, 
/**
 * The revision that was edited.
 */
expectedRevision?: number, 
/**
 * Unique name.
 */
name: string, 
/**
 * Its environments.
 */
environmentIds: Array<string>, };

export type ReconcileOutcome = "adopted" | "confirmed" | "notArrived" | "ask" | "unclear" | "unreadable";

export type ReconcileItem = { 
/**
 * The attempt.
 */
attemptId: string, 
/**
 * The draft.
 */
draftId: string, 
/**
 * Its name.
 */
draftName: string, 
/**
 * The environment.
 */
environmentId: string, 
/**
 * Its name.
 */
environment: string, 
/**
 * Create, update or delete.
 */
action: PlanAction, 
/**
 * When it was begun, milliseconds since the epoch.
 */
startedAt: number, 
/**
 * What became of it.
 */
outcome: ReconcileOutcome, 
/**
 * The set, if it is known.
 */
remoteId: string | null, 
/**
 * Sets that may be it, to choose from.
 */
candidates: Array<FoundSet>, 
/**
 * What was found, in a sentence.
 */
message: string, 
/**
 * What to do, if anything.
 */
hint: string | null, };

export type ReconcileView = { 
/**
 * When it ended, milliseconds since the epoch.
 */
at: number, 
/**
 * One per attempt that was open or unclear.
 */
items: Array<ReconcileItem>, };

export type ReconcileChoice = { 
/**
 * The attempt.
 */
attemptId: string, 
/**
 * The set that is it; none if none of them is.
 */
remoteId: string | null, };

export type UnfinishedRun = { 
/**
 * When it was begun, milliseconds since the epoch.
 */
startedAt: number, 
/**
 * Rows it had.
 */
total: number, 
/**
 * Rows that were written.
 */
done: number, 
/**
 * Rows that were refused or did not arrive.
 */
failed: number, 
/**
 * Rows whose outcome is not known.
 */
unresolved: number, 
/**
 * Rows that were never started.
 */
notStarted: number, };

