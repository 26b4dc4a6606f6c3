import type { Issue } from "../bindings/types";

/** Does a finding stand against publishing? */
export function hasError(issues: Issue[]): boolean {
  return issues.some((issue) => issue.severity === "error");
}
