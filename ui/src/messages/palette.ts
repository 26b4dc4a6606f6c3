import { count } from "./words";

export const paletteText = {
  title: "Command palette",
  search: "Search or run a command",
  escape: "Esc",
  results: "Results",
  found: (number: number) => count(number, "result"),
  nothing: (words: string) => `Nothing is called “${words}”. Drafts are found by name, user, description, tag and ID.`,
  move: "Move",
  open: "Open",
  commands: "commands",
  environments: "environments",
};
