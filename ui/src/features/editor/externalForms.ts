import type { ExternalVault, Reference } from "../../bindings/types";

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
  one("applicationId", "Application ID"),
  { label: "Safe", parts: [{ name: "safeName", label: "Safe" }, { name: "folderName", label: "Folder", prefix: "folder", placeholder: "Root" }] },
  one("accountName", "Account"),
];
const CERTIFICATE = { name: "certificate", label: "Certificate", type: "CERTIFICATE" };

export const EXTERNAL_FORMS: ExternalForm[] = [
  {
    method: "HASHICORP_VAULT_APPROLE",
    product: "HashiCorp Vault",
    variant: "AppRole",
    rows: [
      { label: "Path", parts: [{ name: "pathToCredentials", label: "Path", placeholder: "kv/shop" }, { name: "vaultNamespace", label: "Namespace", prefix: "namespace", placeholder: "admin" }] },
      one("roleId", "Role ID"),
    ],
    references: [{ name: "secretId", label: "Secret ID", type: "TOKEN" }],
    secretNames: true,
    loginOnly: false,
  },
  {
    method: "HASHICORP_VAULT_CERTIFICATE",
    product: "HashiCorp Vault",
    variant: "Certificate",
    rows: [one("pathToCredentials", "Path", "kv/shop")],
    references: [CERTIFICATE],
    secretNames: true,
    loginOnly: false,
  },
  {
    method: "AZURE_KEY_VAULT_CLIENT_SECRET",
    product: "Azure Key Vault",
    variant: "Client secret",
    rows: [one("tenantId", "Tenant ID")],
    references: [
      { name: "clientId", label: "Client ID", type: "TOKEN", literal: true },
      { name: "clientSecret", label: "Client secret", type: "TOKEN", literal: true },
    ],
    secretNames: true,
    loginOnly: false,
  },
  {
    method: "CYBERARK_VAULT_USERNAME_PASSWORD",
    product: "CyberArk",
    variant: "Username and password",
    rows: CYBERARK,
    references: [
      { name: "usernamePasswordForCPM", label: "Provider login", type: "USERNAME_PASSWORD" },
      { ...CERTIFICATE, optional: true },
    ],
    secretNames: false,
    loginOnly: true,
  },
  {
    method: "CYBERARK_VAULT_ALLOWED_LOCATION",
    product: "CyberArk",
    variant: "Allowed location",
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
