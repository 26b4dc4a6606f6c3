import type { ExchangeView } from "../bindings/types";

const STATES: Record<string, string> = { open: "No answer yet", done: "Done", refused: "Refused", notSent: "Not sent", unclear: "Unclear" };
const ACTIONS: Record<string, string> = { create: "Create", update: "Update", delete: "Delete" };

/** The evidence of one attempt. */
export const evidenceText = {
  title: "Request and response",
  open: "Request and response",
  openOf: (draft: string, environment: string) => `Request and response of ${draft} on ${environment}`,
  what: (action: string, draft: string, environment: string) => `${ACTIONS[action] ?? action} ${draft} on ${environment}`,
  state: (state: string) => STATES[state] ?? state,
  when: "When",
  utc: (at: string) => `${at} UTC`,
  result: "Result",
  status: "Status",
  took: "Took",
  id: "ID",
  token: "Token of",
  user: "User here",
  before: "Owner before",
  after: "Owner after",
  attempt: "Attempt",
  message: "What happened",
  server: "Server said",
  try: (exchange: ExchangeView, at: number, all: number) => (all === 1 ? `${exchange.method} ${exchange.path}` : `Try ${at} of ${all}`),
  request: "Request",
  response: "Response",
  answered: (exchange: ExchangeView) => (exchange.status === null ? "No answer" : `Status ${exchange.status}`),
  noBody: "No body",
  none: "Nothing of the request is kept: it never left, or Sealpost ended before the answer came.",
  reading: "Reading…",
  noSecret: "A mark stands in the place of every secret. What the server repeated of one is left out.",
  copy: "Copy",
  copied: "Request and response copied",
  done: "Done",
};

/** JSON over several lines, anything else as it is. */
export function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** One side of an exchange as text. */
export function requestText(exchange: ExchangeView): string {
  const headers = exchange.requestHeaders.map(({ label, value }) => `${label}: ${value}`);
  return [`${exchange.method} ${exchange.path}`, ...headers, ...(exchange.requestBody === null ? [] : ["", indented(exchange.requestBody)])].join("\n");
}

export function responseText(exchange: ExchangeView): string {
  const headers = exchange.responseHeaders.map(({ label, value }) => `${label}: ${value}`);
  const body = exchange.responseBody === null ? [] : ["", indented(exchange.responseBody)];
  return [evidenceText.answered(exchange), ...(exchange.failure === null ? [] : [exchange.failure]), ...headers, ...body].join("\n");
}
