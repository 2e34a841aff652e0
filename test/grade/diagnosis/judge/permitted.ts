import { headerValue } from "../../../../src/core/http.js";
import type { Act, Scenario, Send } from "../scenario.js";

/** Requests that a client may send to learn more of a refused one, after all that was sent before. */
export interface Permitted {
  readonly name: string;
  readonly acts: readonly Act[];
}

const IN_QUERY = /([?&]idempotency_key=)([^&]*)/;
const IN_BODY = /("idempotency_key":")([^"]*)"/;

/** A key for each way of sending one that nobody has used. */
const FRESH = "5d1f0c3a-9a51-4c7e-8b1d-00000000c0de";
const SHORT = "k7Qz";

function nameOfKeyHeader({ keyHeader, headers }: Send): string {
  return keyHeader ?? headers.find(([name]) => /idempoten|request-key/i.test(name))?.[0] ?? "Idempotency-Key";
}

function keyOf(send: Send): string | null {
  const header = headerValue(send.headers, nameOfKeyHeader(send));
  return header ?? IN_QUERY.exec(send.path)?.[2] ?? IN_BODY.exec(send.body ?? "")?.[2] ?? null;
}

function withoutHeader(headers: Send["headers"], unwanted: string): Send["headers"] {
  return headers.filter(([name]) => name.toLowerCase() !== unwanted.toLowerCase());
}

/** The same with another key, in the place where it has its own; null: with none. */
function withKey(send: Send, key: string | null): Send {
  const name = nameOfKeyHeader(send);
  if (headerValue(send.headers, name) === null && IN_QUERY.test(send.path)) {
    const path = send.path.replace(IN_QUERY, key === null ? "$1" : `$1${encodeURIComponent(key)}`);
    return { ...send, path };
  }
  if (headerValue(send.headers, name) === null && send.body !== null && IN_BODY.test(send.body))
    return { ...send, body: send.body.replace(IN_BODY, `$1${key ?? ""}"`) };
  const others = withoutHeader(send.headers, name);
  return {
    ...send,
    headers: key === null ? others : [...others, [name, key]],
    keyHeader: key === null ? null : name,
  };
}

const TOKEN = /\$\((\w+)\.token\)/g;

/** The same without any token that an answer gave. */
function withoutToken(send: Send): Send {
  return {
    ...send,
    headers: withoutHeader(send.headers, "if-match"),
    path: send.path.replace(/[?&]\w+=\$\(\w+\.token\)/g, ""),
    body: send.body?.replace(/,?"\w+":\$\(\w+\.token\)/g, "").replace("{,", "{") ?? null,
  };
}

/** Where the token that a request carries is read; the request's own path where it carries none. */
function readOf(send: Send, all: readonly Send[]): Pick<Send, "path" | "captures"> {
  const text = JSON.stringify([send.path, send.headers, send.body]);
  const [, giver] = [...text.matchAll(TOKEN)][0] ?? [];
  const read = all.find(({ id, method }) => id === giver && method === "GET");
  const path = send.path.split("?")[0] ?? send.path;
  return { path: read?.path ?? path, captures: read?.captures ?? { token: { kind: "etag" } } };
}

/** The same with the token that a read has just shown, in the place of its own, else as If-Match. */
function withTokenOf(send: Send, read: Send): Send {
  const text = JSON.stringify([send.path, send.headers, send.body]);
  const mine = `$(${read.id}.token)`;
  if (text.search(TOKEN) === -1) {
    return { ...send, headers: [...withoutHeader(send.headers, "if-match"), ["If-Match", mine]] };
  }
  return {
    ...send,
    path: send.path.replace(TOKEN, mine),
    headers: send.headers.map(([name, value]) => [name, value.replace(TOKEN, mine)] as const),
    body: send.body?.replace(TOKEN, mine) ?? null,
  };
}

function act(send: Send): Act {
  return { kind: "send", send };
}

function pause(durationMs: number): Act {
  return { kind: "wait", durationMs };
}

/** The conversation of a path, the path itself, and the list that it is in. */
function readPaths(path: string): readonly string[] {
  const plain = path.split("?")[0] ?? path;
  const conversation = /^\/api\/v2\/conversations\/[^/]+/.exec(plain)?.[0];
  const list = plain.replace(/\/[^/]+$/, "");
  return [...new Set([plain, ...(conversation === undefined ? [] : [conversation]), list])];
}

const THINGS = "/api/v2/mock/things";

/** The same on a thing that has only just been made; none for what a client cannot make anew. */
function onFreshThing(send: Send, usual: Partial<Send>): readonly Permitted[] {
  if (!/^\/api\/v2\/mock\/things\/[^/]+$/.test(send.path.split("?")[0] ?? "")) return [];
  const captures: Send["captures"] = { id: { kind: "member", name: "id" } };
  const made: Send = {
    ...withoutToken(withKey(send, null)),
    ...usual,
    id: "permitted-made",
    method: "POST",
    path: THINGS,
    body: '{"a":"made"}',
    captures,
  };
  const there = { ...withoutToken(withKey(send, null)), path: `${THINGS}/$(${made.id}.id)` };
  const keyed = withKey(there, FRESH);
  return [
    { name: "on a fresh thing", acts: [act(made), act(there)] },
    { name: "on a fresh thing, with a fresh key", acts: [act(made), act(keyed)] },
  ];
}

function sendsOf({ acts }: Scenario): readonly Send[] {
  return acts.flatMap((each) => {
    if (each.kind === "send") return [each.send];
    return each.kind === "together" ? each.sends.map(({ send }) => send) : [];
  });
}

/** Callers whose credentials the recording shows that somebody has, other than the refused request's. */
function otherCallers(send: Send, all: readonly Send[]): readonly Pick<Send, "principal" | "auth">[] {
  const found = new Map<string, Pick<Send, "principal" | "auth">>();
  for (const { principal, auth, recorded } of all)
    if (recorded && (principal !== send.principal || auth !== send.auth))
      found.set(`${principal} ${auth}`, { principal, auth });
  return [...found.values()];
}

const LOOK_UPS = "/idempotency-keys/";

/** Where keys are looked up nobody can guess: the recording has to show it. */
function isLookUp({ path, recorded }: Send): boolean {
  return recorded && path.startsWith(LOOK_UPS);
}

const PAUSES_MS = [10_000, 120_000, 600_000];

/**
 * All that a client could try for one refused request, each alone: reads, repeats, pauses, keys, tokens, bodies, callers
 * whose credentials it has, and fresh resources. Drawn up without a look at what `--confirm` would choose. Pure.
 */
export function permittedFor(scenario: Scenario, step: string): readonly Permitted[] {
  const all = sendsOf(scenario);
  const found = all.find(({ id }) => id === step);
  if (found === undefined) return [];
  const usual = { writer: null, recorded: true, hangUpAfterMs: null, captures: {} } as const;
  const send: Send = { ...found, ...usual, id: "permitted" };
  const read = (path: string): Send => ({
    ...withoutToken(withKey(send, null)),
    ...{ id: "permitted-read", method: "GET", path, body: null },
  });
  const { path, captures } = readOf(found, all);
  const fresh: Send = { ...read(path), captures };
  const current = withTokenOf(send, fresh);
  const key = keyOf(found);
  const first = key === null ? undefined : all.find((each) => each.recorded && keyOf(each) === key);
  const again: Send = { ...send, id: "permitted-again" };
  const bare = withoutToken(send);
  const one = (name: string, ...acts: readonly Act[]): Permitted => ({ name, acts });
  return [
    ...readPaths(send.path).map((each) => one(`read ${each}`, act(read(each)))),
    ...(key === null || !all.some(isLookUp)
      ? []
      : [one("look the key up", act(read(`${LOOK_UPS}${encodeURIComponent(key)}`)))]),
    one("again", act(send)),
    ...PAUSES_MS.map((ms) => one(`again after ${ms} ms`, pause(ms), act(send))),
    one("with a fresh key, then again", act(withKey(send, FRESH)), act(again)),
    one("with a fresh key, quoted", act(withKey(send, `"${FRESH}"`))),
    one("with a short key", act(withKey(send, SHORT))),
    one("with a short key, quoted", act(withKey(send, `"${SHORT}"`))),
    one("without a key, then again", act(withKey(send, null)), act(again)),
    one("with the current token, then again", act(fresh), act(current), act(again)),
    one("without a token", act(bare)),
    one("with a fresh key and the current token", act(fresh), act(withKey(current, FRESH))),
    one("without a key, with the current token", act(fresh), act(withKey(current, null))),
    one("with neither key nor token", act(withKey(bare, null))),
    one("with a fresh key and without a token", act(withKey(bare, FRESH))),
    one("with another body", act({ ...send, body: '{"a":"other"}' })),
    one("with another body and a fresh key", act(withKey({ ...send, body: '{"a":"other"}' }, FRESH))),
    one("with another body and no key", act(withKey({ ...send, body: '{"a":"other"}' }, null))),
    ...(first === undefined || first.id === step
      ? []
      : [
          one(
            "the first with this key, then again",
            act({ ...first, ...usual, id: "permitted-first" }),
            act(again),
          ),
          one("its path, the first one's body", act({ ...send, body: first.body })),
          one("its body, on the first one's path", act({ ...send, method: first.method, path: first.path })),
        ]),
    ...otherCallers(found, all).map((caller) =>
      one(`as ${caller.principal ?? "default"}, ${caller.auth}`, act({ ...send, ...caller }), act(again)),
    ),
    ...onFreshThing(send, usual),
  ];
}
