import type { MatrixCell, MatrixEnvironment, MatrixRow } from "../bindings/types";
import { count, moment, STATES, typeName } from "./words";

/** So much of an id tells one from another to a person. */
export const shortId = (id: string) => id.slice(-8);

/** Every draft against every environment. */
export const matrixText = {
  title: "Matrix",
  rows: (drafts: number, sets: number) => (sets === 0 ? count(drafts, "draft") : `${count(drafts, "draft")}, ${count(sets, "row")} not in this vault`),
  filter: "Filter",
  filterLabel: "Filter rows",
  which: "Which rows",
  all: "All",
  drafts: "Drafts",
  unmanaged: "Not in this vault",
  check: "Check all",
  checkTitle: "Read every environment: states, and the sets that no draft is linked to",
  name: "Draft",
  grid: "Drafts and environments",
  looked: (environment: MatrixEnvironment, now: number) => `${environment.name}, ${environment.lookedAt === null ? "not checked since unlocking" : `checked ${moment(environment.lookedAt, now)}`}`,
  row: (row: MatrixRow) => `${row.name}, ${typeName(row.type)}${row.draftId === null ? ", not in this vault" : ""}`,
  cell: (row: MatrixRow, cell: MatrixCell, environment: MatrixEnvironment) =>
    `${row.name} on ${environment.name}: ${row.draftId === null ? (cell.remoteId ? "there, not in this vault" : "not there") : STATES[cell.state].word}${cell.remoteId ? `, ID ending in ${shortId(cell.remoteId)}` : ""}`,
  there: "There, in no draft",
  menu: (label: string) => `Actions for ${label}`,
  publishHere: (environment: string) => `Publish to ${environment}…`,
  settle: "Compare and settle…",
  check1: "Check for drift",
  copyId: "Copy ID",
  idCopied: "ID copied",
  open: "Open draft",
  missing: (number: number) => `Publish to ${number} missing…`,
  missingOf: (draft: string, number: number) => `Publish ${draft} to ${number} missing environments`,
  adopt: "Adopt",
  showThere: (environment: string) => `Show in ${environment}`,
  adopted: (name: string) => `${name} adopted`,
  needsSecret: "It needs its secret before it can be published",
  nothing: "Nothing to do here",
  noEnvironments: "No environments yet",
  noEnvironmentsText: "The matrix shows where each draft stands in each environment.",
  addEnvironment: "Add environment",
  none: "No rows",
  noneText: "Nothing matches. Change the filter, or check the environments for sets that are not in this vault.",
  loading: "Loading",
};
