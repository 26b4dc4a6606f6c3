import type { PlanAction } from "../../bindings/types";
import type { IconName } from "../../ui/icons";

export const ACTIONS: Record<PlanAction, { word: string; done: string; icon: IconName; tone: string }> = {
  create: { word: "Create", done: "Created", icon: "plus", tone: "ok" },
  update: { word: "Update", done: "Updated", icon: "pencil", tone: "acc" },
  noChange: { word: "No change", done: "No change", icon: "equal", tone: "t3" },
  blocked: { word: "Blocked", done: "Blocked", icon: "ban", tone: "bad" },
};
