import type { Policy } from "../../../../src/policy/policy.js";
import { routePolicy } from "../../../../src/policy/route-policy.js";
import type { Draw } from "../draw.js";
import type { Act, CaptureSource, Send } from "../scenario.js";
import { type Body, writeBody } from "./body.js";
import type { Place } from "./places.js";

/** What a scene is made with: a policy that its clients know as a reader of documents does, and names for its steps. */
export interface Stage {
  readonly draw: Draw;
  readonly policy: Policy;
  readonly nextId: (role: string) => string;
}

/** A request with all that is usual about it. */
export function request(stage: Stage, role: string, of: Partial<Send> & Pick<Send, "method" | "path">): Send {
  return {
    id: stage.nextId(role),
    headers: [],
    body: null,
    keyHeader: null,
    principal: null,
    auth: "valid",
    writer: null,
    recorded: true,
    hangUpAfterMs: null,
    captures: {},
    ...of,
  };
}

/** The same request as another step. */
export function again(stage: Stage, role: string, send: Send): Send {
  return { ...send, id: stage.nextId(role), captures: {} };
}

/** As an act. */
export function act(send: Send): Act {
  return { kind: "send", send };
}

/** A pause. */
export function pause(durationMs: number): Act {
  return { kind: "wait", durationMs };
}

/** The form in which a server wants a key. */
export function wireKey({ idempotency }: Policy, key: string): string {
  return idempotency.syntax === "quoted" ? `"${key}"` : key;
}

function withoutKey(send: Send, name: string): Send {
  return { ...send, headers: send.headers.filter(([each]) => each !== name) };
}

function keyInQuery(path: string, name: string, value: string): string {
  const [plain = "", query = ""] = path.split("?");
  const others = query.split("&").filter((each) => each !== "" && !each.startsWith(`${name}=`));
  return `${plain}?${[...others, `${name}=${encodeURIComponent(value)}`].join("&")}`;
}

function keyInBody(body: string | null, name: string, value: string): string {
  const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  const bare = (body ?? "{}").replace(new RegExp(`,?\\s*"${name}":"[^"]*"`), "");
  return bare.replace(/\}\s*$/, `${/\{\s*\}$/.test(bare) ? "" : ","}${member}}`);
}

/** A request with a key, as it stands, where the policy looks for one. */
export function withRawKey({ policy }: Pick<Stage, "policy">, send: Send, value: string): Send {
  const { carrier } = policy.idempotency;
  switch (carrier.kind) {
    case "header": {
      const bare = withoutKey(send, carrier.name);
      return { ...bare, headers: [...bare.headers, [carrier.name, value]], keyHeader: carrier.name };
    }
    case "query":
      return { ...send, path: keyInQuery(send.path, carrier.name, value) };
    case "body":
      return { ...send, body: keyInBody(send.body, carrier.name, value) };
  }
}

/** A request with a key in the form that its server wants. */
export function withKey(stage: Pick<Stage, "policy">, send: Send, key: string): Send {
  return withRawKey(stage, send, wireKey(stage.policy, key));
}

/** Where clients find a resource's token, and where they put it in a write. */
export interface TokenWay {
  readonly source: CaptureSource;
  readonly place: "if-match" | { readonly member: string } | { readonly parameter: string };
}

/** The way of tokens on a route; null: it has none, or looks at none. `wanted` chooses one of several. */
export function tokenWay(
  policy: Policy,
  { method, path }: Pick<Place, "method" | "path">,
  wanted: "if-match" | "other" | "any" = "any",
): TokenWay | null {
  const { validator, readFrom } = routePolicy(policy, method, path).concurrency;
  const fits = readFrom.filter(
    ({ kind }) => wanted === "any" || (kind === "if-match") === (wanted === "if-match"),
  );
  const [found] = fits;
  if (found === undefined || validator.kind === "none") return null;
  const member = "name" in validator ? validator.name : null;
  const source: CaptureSource =
    member === null || (found.kind === "if-match" && "etag" in validator && validator.etag !== "none")
      ? { kind: "etag" }
      : { kind: "member", name: member };
  if (found.kind === "if-match") return { source, place: "if-match" };
  const place = found.kind === "body" ? { member: found.name } : { parameter: found.name };
  return { source, place };
}

/** A read that keeps the token. */
export function readToken(stage: Stage, role: string, of: { path: string; way: TokenWay | null }): Send {
  const captures: Send["captures"] = of.way === null ? {} : { token: of.way.source };
  return request(stage, role, { method: "GET", path: of.path, captures });
}

/** The place of a token that a step kept. */
export function tokenOf(read: Send): string {
  return `$(${read.id}.token)`;
}

/** A write of a place; with a token where one is given. */
export function write(
  stage: Stage,
  role: string,
  of: { place: Place; body: Body; way?: TokenWay | null; token?: string | null },
): Send {
  const { place, body, way = null, token = null } = of;
  const { method, path } = place;
  if (way === null || token === null) return request(stage, role, { method, path, body: writeBody(body) });
  if (way.place === "if-match") {
    return request(stage, role, { method, path, body: writeBody(body), headers: [["If-Match", token]] });
  }
  if ("parameter" in way.place) {
    return request(stage, role, {
      method,
      path: `${path}?${way.place.parameter}=${token}`,
      body: writeBody(body),
    });
  }
  const raw = [...body.raw, `${JSON.stringify(way.place.member)}:${token}`];
  return request(stage, role, { method, path, body: writeBody({ ...body, raw }) });
}
