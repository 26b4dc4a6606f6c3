import type { CertificateFacts, Details, DraftContent, DraftRow, SecretField } from "../src/bindings/types";
import { OVERRIDDEN } from "./sampleRotation";
import { NOW } from "./sampleData";

const FACTS: CertificateFacts = {
  subject: "CN=payments-gw, OU=Payments, O=Northwind GmbH, C=DE", issuer: "CN=Northwind Issuing CA 3, O=Northwind GmbH",
  notBefore: NOW - 353 * 86_400_000, notAfter: NOW + 12 * 86_400_000, certificates: 2, hasPrivateKey: true,
  alternativeNames: ["payments-gw.northwind.example", "pay.int.northwind.example", "10.40.8.12"],
  fingerprint: "9f3a61c80de7441b2c9a7be0185f4410cc7d6f52a8e7dd01949c1d0a7e52ae7d", key: "EC P-256", fileName: "payments-gw-2026.p12",
};

function details(row: DraftRow): Details {
  switch (row.typeName) {
    case "TOKEN":
      return { type: "TOKEN" };
    case "CERTIFICATE":
      return { type: "CERTIFICATE", certificateFormat: "PKCS12", facts: FACTS };
    case "PUBLIC_CERTIFICATE":
      return { type: "PUBLIC_CERTIFICATE", certificateFormat: "PEM", facts: { ...FACTS, hasPrivateKey: false, notAfter: NOW + 400 * 86_400_000 } };
    case "SNMPV3":
      return { type: "SNMPV3", username: row.summary, securityLevel: "AUTH_PRIV", authenticationProtocol: "SHA256", privacyProtocol: "AES256" };
    case "AWS_MONITORING_KEY_BASED":
      return { type: "AWS_MONITORING_KEY_BASED", accessKeyID: "AKIAEXAMPLEEXAMPLE00", awsPartition: "DEFAULT" };
    case "AWS_MONITORING_ROLE_BASED":
      return { type: "AWS_MONITORING_ROLE_BASED", accountID: "012345678901", iamRole: "DynatraceMonitoring" };
    default:
      return row.name === "sap-gateway-monitor"
        ? { type: "USERNAME_PASSWORD", user: "", externalVault: { sourceAuthMethod: "HASHICORP_VAULT_APPROLE", vaultUrl: "https://vault.northwind.example:8200", pathToCredentials: "kv/data/sap/gateway", vaultNamespace: "admin", roleId: "00e4858c-ec33-bc99-4e7e-34de6967de6c", secretId: { draft: "draft-2" }, usernameSecretName: "username", passwordSecretName: "password" } }
        : { type: "USERNAME_PASSWORD", user: row.summary };
  }
}

export function contentOf(row: DraftRow): DraftContent {
  return {
    name: row.name, description: row.name === "checkout-login" ? "Signs in to the checkout journey, v2 storefront" : "", scopes: row.typeName.startsWith("AWS") ? ["CLOUDS_MONITORING_AUTHENTICATION"] : ["SYNTHETIC", "EXTENSION"],
    ownerAccessOnly: true, allowedEntities: [], allowContextlessRequests: false, details: details(row), note: "", tags: [], expiresAt: null, overrides: row.name === "checkout-login" ? OVERRIDDEN : {},
  };
}

export function secretsOf(content: DraftContent): SecretField[] {
  switch (content.details.type) {
    case "USERNAME_PASSWORD":
      return content.details.externalVault ? [] : ["password"];
    case "TOKEN":
      return ["token"];
    case "CERTIFICATE":
      return ["certificate", "password"];
    case "PUBLIC_CERTIFICATE":
      return ["certificate"];
    case "SNMPV3":
      return ["authenticationPassword", "privacyPassword"];
    case "AWS_MONITORING_KEY_BASED":
      return ["secretKey"];
    default:
      return [];
  }
}
