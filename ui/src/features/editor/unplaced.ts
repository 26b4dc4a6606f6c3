import type { Issue } from "../../bindings/types";

/** Fields that show their own findings. */
const PLACED = new Set([
  "name", "description", "note", "tags", "expiresAt", "scopes", "ownerAccessOnly", "allowedEntities", "allowContextlessRequests", "user", "password", "token",
  "certificate", "certificateFormat", "username", "securityLevel", "authenticationProtocol", "authenticationPassword", "privacyProtocol", "privacyPassword",
  "accessKeyID", "secretKey", "awsPartition", "accountID", "iamRole",
]);

/** Findings no field shows: one that blocks publishing is never without its words. */
export function unplaced(issues: Issue[]): Issue[] {
  return issues.filter(({ path }) => !PLACED.has(path) && !path.startsWith("externalVault") && !path.startsWith("allowedEntities["));
}
