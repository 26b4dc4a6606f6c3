import type { GroupView, OverrideView, RotationView } from "../src/bindings/types";
import { NOW } from "./sampleData";

export const GROUPS: GroupView[] = [
  { id: "group-0", revision: 1, name: "production", environmentIds: ["env-0", "env-1"] },
  { id: "group-1", revision: 2, name: "before production", environmentIds: ["env-2", "env-3", "env-4"] },
];

/** What the first sample has of its own in one environment. */
export const OVERRIDDEN = { "env-1": { name: "checkout-login us", user: "checkout.synth.us" } };
export const OVERRIDES: OverrideView[] = [
  { environmentId: "env-1", environment: "prod-us", colour: "orange", fields: ["Name", "Username", "Password"], secrets: ["password"], certificate: null, rolledBack: false, issues: [] },
];

const before = [13, 9, 4].map((revision, at) => ({ revision, savedAt: NOW - (at + 1) * 40 * 86_400_000, published: at < 2 }));
const environment = (at: number, name: string, colour: string, guarded: boolean, part: Partial<RotationView["environments"][number]>): RotationView["environments"][number] => ({
  environmentId: `env-${at}`, environment: name, colour, protected: guarded, canary: false, state: "waiting", publishedRevision: 13, previous: before, ...part,
});

export const ROTATION: RotationView = {
  draftId: "draft-0", draftName: "checkout-login", revision: 14, startedAt: NOW - 25 * 60_000, fields: ["password"], phase: "rest",
  environments: [
    environment(2, "staging", "amber", false, { canary: true, state: "done", publishedRevision: 14 }),
    environment(0, "prod-eu", "red", true, {}),
    environment(4, "sandbox", "green", false, { state: "rolledBack", publishedRevision: 15 }),
    environment(3, "edge-lab", "violet", false, { state: "failed" }),
  ],
};
