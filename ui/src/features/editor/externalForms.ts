import type { ExternalVault, Reference } from "../../bindings/types";
import { externalText as text } from "../../messages/external";

/** A form of contract section 3.2: how it is drawn and which members it has. */
export interface ExternalForm {
  method: string;
  product: string;
  variant: string;
  rows: { label: string; parts: { name: string; label: string; prefix?: string; placeholder?: string }[] }[];
  references: { name: string; label: string; type: string; optional?: boolean; literal?: boolean }[];
  secretNames: boolean;
  loginOnly: boolean;
}

const one = (name: string, label: string, placeholder?: string) => ({ label, parts: [{ name, label, placeholder }] });
const CYBERARK = [
  one("applicationId", text.applicationId),
  { label: text.safe, parts: [{ name: "safeName", label: text.safe }, { name: "folderName", label: text.folder, prefix: text.folderPrefix, placeholder: text.folderHint }] },
  one("accountName", text.account),
];
const CERTIFICATE = { name: "certificate", label: text.certificate, type: "CERTIFICATE" };

export const EXTERNAL_FORMS: ExternalForm[] = [
  {
    method: "HASHICORP_VAULT_APPROLE",
    product: text.hashiCorp,
    variant: text.appRole,
    rows: [
      { label: text.path, parts: [{ name: "pathToCredentials", label: text.path, placeholder: "kv/shop" }, { name: "vaultNamespace", label: text.namespace, prefix: text.namespacePrefix, placeholder: "admin" }] },
      one("roleId", text.roleId),
    ],
    references: [{ name: "secretId", label: text.secretId, type: "TOKEN" }],
    secretNames: true,
    loginOnly: false,
  },
  {
    method: "HASHICORP_VAULT_CERTIFICATE",
    product: text.hashiCorp,
    variant: text.certificate,
    rows: [one("pathToCredentials", text.path, "kv/shop")],
    references: [CERTIFICATE],
    secretNames: true,
    loginOnly: false,
  },
  {
    method: "AZURE_KEY_VAULT_CLIENT_SECRET",
    product: text.azure,
    variant: text.clientSecret,
    rows: [one("tenantId", text.tenantId)],
    references: [
      { name: "clientId", label: text.clientId, type: "TOKEN", literal: true },
      { name: "clientSecret", label: text.clientSecret, type: "TOKEN", literal: true },
    ],
    secretNames: true,
    loginOnly: false,
  },
  {
    method: "CYBERARK_VAULT_USERNAME_PASSWORD",
    product: text.cyberArk,
    variant: text.usernamePassword,
    rows: CYBERARK,
    references: [
      { name: "usernamePasswordForCPM", label: text.providerLogin, type: "USERNAME_PASSWORD" },
      { ...CERTIFICATE, optional: true },
    ],
    secretNames: false,
    loginOnly: true,
  },
  {
    method: "CYBERARK_VAULT_ALLOWED_LOCATION",
    product: text.cyberArk,
    variant: text.allowedLocation,
    rows: CYBERARK,
    references: [{ ...CERTIFICATE, optional: true }],
    secretNames: false,
    loginOnly: true,
  },
];

/** The members of a form, empty; the address is kept when the form changes. */
export function emptyVault(form: ExternalForm, vaultUrl: string): ExternalVault {
  const members: Record<string, unknown> = { vaultUrl, sourceAuthMethod: form.method };
  for (const { name } of form.rows.flatMap((row) => row.parts)) members[name] = "";
  for (const reference of form.references) if (!reference.optional) members[reference.name] = { remote: "" };
  return members as unknown as ExternalVault;
}

export function textOf(vault: ExternalVault, name: string): string {
  const value = (vault as unknown as Record<string, unknown>)[name];
  return typeof value === "string" ? value : "";
}

export function referenceOf(vault: ExternalVault, name: string): Reference | null {
  const value = (vault as unknown as Record<string, unknown>)[name];
  return value !== null && typeof value === "object" ? (value as Reference) : null;
}

export function setMember(vault: ExternalVault, name: string, value: string | Reference | null): void {
  const members = vault as unknown as Record<string, unknown>;
  if (value === null) delete members[name];
  else members[name] = value;
}
