import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { listen } from "./listening.js";

/** A request, whole. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

interface Thing {
  readonly id: string;
  revision: number;
  content: unknown;
}

/**
 * A server of one collection that follows draft-ietf-httpapi-idempotency-key-header-06 and RFC 9110 to the letter, with
 * nothing of gcidem's: POST demands a quoted key (400), keeps the answer under it and refuses another payload, byte for
 * byte, with 422; PUT and DELETE demand If-Match (428) and refuse an outdated one with 412. Errors are problem+json.
 */
export interface DraftServer {
  readonly url: string;
  readonly port: number;
  /** How often something was really created. */
  readonly created: () => number;
  /** How many things are there now. */
  readonly size: () => number;
  readonly seen: readonly Asked[];
  readonly close: () => Promise<void>;
}

/** `type` names the kind of problem, as RFC 9457 wants it, and here says the title again. */
function problem(status: number, title: string): Answer {
  const type = `https://errors.example/${title.toLowerCase().replaceAll(" ", "-")}`;
  return { status, headers: { "Content-Type": "application/problem+json" }, json: { type, title, status } };
}

/** An sf-string of RFC 8941, section 3.3.3: printable ASCII in quotes, where only `"` and `\` are escaped. */
const SF_STRING = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+"$/;

function etagOf({ id, revision }: Thing): string {
  return `"${createHash("sha256").update(`${id} ${revision}`).digest("base64url").slice(0, 12)}"`;
}

function shown(thing: Thing, status: number): Answer {
  return { status, headers: { ETag: etagOf(thing) }, json: { id: thing.id, ...Object(thing.content) } };
}

/** Things by their ids. */
function createStore() {
  const things = new Map<string, Thing>();
  const write = (thing: Thing, { method, body }: Asked): Answer => {
    if (method === "DELETE") {
      things.delete(thing.id);
      return { status: 204 };
    }
    const { id: _id, ...content } = Object(JSON.parse(body));
    thing.content = content;
    thing.revision += 1;
    return shown(thing, 200);
  };
  return {
    things,
    list: (): Answer => {
      const entities = [...things.values()].map(({ id, content }) => ({ id, ...Object(content) }));
      return { status: 200, json: { entities } };
    },
    create: (path: string, body: string): Answer => {
      const thing: Thing = { id: randomUUID(), revision: 1, content: JSON.parse(body) };
      things.set(thing.id, thing);
      const made = shown(thing, 201);
      return { ...made, headers: { ...made.headers, Location: `${path}/${thing.id}` } };
    },
    change: (id: string, asked: Asked): Answer => {
      const thing = things.get(id);
      if (thing === undefined) return problem(404, "There is no such thing");
      if (asked.method === "GET") return shown(thing, 200);
      if (asked.method !== "PUT" && asked.method !== "DELETE") return problem(405, "Not allowed here");
      const wanted = asked.headers["if-match"];
      if (wanted === undefined) return problem(428, "If-Match is missing");
      return wanted === etagOf(thing) ? write(thing, asked) : problem(412, "The ETag is outdated");
    },
  };
}

/** Serves the collection at `path` on 127.0.0.1. */
export async function startDraftServer(path: string): Promise<DraftServer> {
  const store = createStore();
  const kept = new Map<string, { readonly payload: string; readonly answer: Answer }>();
  const seen: Asked[] = [];
  let created = 0;
  const create = (asked: Asked): Answer => {
    const key = asked.headers["idempotency-key"];
    if (typeof key !== "string") return problem(400, "Idempotency-Key is missing");
    if (!SF_STRING.test(key)) return problem(400, "Idempotency-Key is invalid");
    const payload = createHash("sha256").update(asked.body).digest("hex");
    const first = kept.get(key);
    if (first !== undefined)
      return first.payload === payload ? first.answer : problem(422, "Idempotency-Key is already used");
    created += 1;
    const answer = store.create(path, asked.body);
    kept.set(key, { payload, answer });
    return answer;
  };
  const answerOf = (asked: Asked, id: string): Answer => {
    if (asked.path !== path) return store.change(id, asked);
    return asked.method === "POST" ? create(asked) : store.list();
  };
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of message) chunks.push(chunk as Buffer);
    } catch {
      return; // the client hung up before its request was whole
    }
    const { method = "", url = "", headers } = message;
    const asked = { method, path: url, headers, body: Buffer.concat(chunks).toString("utf8") };
    seen.push(asked);
    const id = url.startsWith(`${path}/`) ? url.slice(path.length + 1) : "";
    const answer = answerOf(asked, id);
    response
      .writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers })
      .end(answer.json === undefined ? undefined : JSON.stringify(answer.json));
  });
  const { port, close } = await listen(server);
  const size = (): number => store.things.size;
  return { url: `http://127.0.0.1:${port}`, port, created: () => created, size, seen, close };
}
