import { type HeaderList, isWrite } from "../core/http.js";
import { isSecretHeader } from "../core/redact.js";
import type { RecordedExchange } from "./intake.js";
import { isPlaceholder, isRedactionMark } from "./redaction-marks.js";

/** What is known once every exchange was looked at. */
export interface Roll {
  readonly add: (exchange: RecordedExchange) => void;
  readonly origins: () => readonly string[];
  readonly secretHeaders: () => HeaderList;
}

/** Scheme, host and port of a URL; the text itself where it has none. Pure. */
export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

/** Cookies come and go; they are learnt as they pass. */
const COOKIE = /^(?:set-)?cookie$/i;
const MOST_SECRETS = 200;

/** Collects origins and credentials, each once. */
export function createRoll(): Roll {
  const writes = new Map<string, number>();
  const secrets = new Map<string, readonly [string, string]>();
  const learn = (headers: HeaderList): void => {
    for (const [name, value] of headers) {
      const lasting =
        isSecretHeader(name) && !COOKIE.test(name) && !isRedactionMark(value) && !isPlaceholder(value);
      if (lasting && secrets.size < MOST_SECRETS) secrets.set(`${name} ${value}`, [name, value]);
    }
  };
  return {
    add: ({ request, response }) => {
      const names = request.headers.map(([name]) => name);
      const origin = originOf(request.url);
      writes.set(origin, (writes.get(origin) ?? 0) + (isWrite(request.method, names) ? 1 : 0));
      learn(request.headers);
      if (response !== null) learn(response.headers);
    },
    origins: () => [...writes].sort(([, a], [, b]) => b - a).map(([origin]) => origin),
    secretHeaders: () => [...secrets.values()],
  };
}
