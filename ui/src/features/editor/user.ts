import type { Details } from "../../bindings/types";
import { fieldText } from "../../messages/fields";

/** The name that a draft's secret belongs to. */
export interface SecretOwner {
  label: string;
  /** Where it stands in the details, for findings. */
  path: string;
  value: string;
  /** Another secret always comes with another name. */
  paired: boolean;
}

/** Whose secret it is, if the type has such a thing; an external vault holds the user itself. */
export function userOf(details: Details): SecretOwner | null {
  switch (details.type) {
    case "USERNAME_PASSWORD":
      return details.externalVault ? null : { label: fieldText.username, path: "user", value: details.user, paired: false };
    case "SNMPV3":
      return { label: fieldText.username, path: "username", value: details.username, paired: false };
    case "AWS_MONITORING_KEY_BASED":
      return { label: fieldText.accessKey, path: "accessKeyID", value: details.accessKeyID, paired: true };
    default:
      return null;
  }
}
