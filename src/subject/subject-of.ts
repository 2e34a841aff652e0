import { isWrite } from "../core/http.js";
import type { Exchange, SentRequest } from "../journal/journal.js";
import { graphqlIn } from "./graphql.js";
import { isReadByPost } from "./reads-by-post.js";
import type { Subject } from "./subject.js";

/**
 * Paths of the platform where one thing is reached by several: what a participant's PATCH writes is read through its
 * conversation, by any medium. Secure attributes are a thing of their own with a version of their own.
 */
const MEDIA = "(?:(?:calls|callbacks|chats|cobrowsesessions|emails|messages|voice)/)?";
const PLATFORM_RESOURCES: readonly (readonly [path: RegExp, name: string])[] = [
  [new RegExp(`/api/v2/conversations/${MEDIA}([^/]+)/secureattributes$`), "secureattributes"],
  [
    new RegExp(`/api/v2/conversations/${MEDIA}([^/]+)(?:/participants/[^/]+)?(?:/attributes)?$`),
    "conversation",
  ],
  [/\/api\/v2\/users\/([^/]+)$/, "user"],
  // Whoever adds a member names the version of the group.
  [/\/api\/v2\/groups\/([^/]+)(?:\/members)?$/, "group"],
  [/\/api\/v2\/(?:integrations|dataactions)\/actions\/([^/]+)(?:\/execute|\/invoke)?$/, "action"],
  // A draft counts its own versions, whatever is done with it.
  [/\/api\/v2\/integrations\/actions\/([^/]+)\/draft(?:\/\w+)?$/, "actionDraft"],
  [/\/api\/v2\/users\/([^/]+)\/station(?:\/.*)?$/, "userStation"],
  [/\/api\/v2\/flows\/([\da-f]{8}-[\da-f-]{27})$/, "flow"],
];

/** Lock, check-in and publication of a flow name it in the query. */
const FLOW_ACTION = /\/api\/v2\/flows\/actions\/\w+$/;

/** Paths of well-known APIs that are about the same thing as another path, and that path. */
const SAME_THING: readonly (readonly [path: RegExp, as: string])[] = [
  // Kubernetes: parts of an object have its resourceVersion.
  [
    /^(\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/)?[a-z]+\/[^/]+)\/(?:status|scale|finalize|approval)$/,
    "$1",
  ],
  // Elasticsearch: a document is written by several paths.
  [/^(.+)\/_(?:create|update|source)\/([^/]+)$/, "$1/_doc/$2"],
  // Google: a policy has an etag of its own, which is not that of the thing it is for.
  [/^(.+):[gs]etIamPolicy$/, "iamPolicy:$1"],
];

const URL_PARTS = /^(?:[a-z][a-z\d+.-]*:)?\/\/[^/?#]*([^?#]*)(\?[^#]*)?/i;

/**
 * Path and query of a URL as it was sent. Recorded URLs are resolved already, and a parser would cost as much as all the
 * rest of reading an exchange. Pure.
 */
export function partsOf(url: string): { readonly path: string; readonly query: string } {
  const [whole, path, query = ""] = URL_PARTS.exec(url) ?? [];
  if (whole !== undefined) return { path: path === undefined || path === "" ? "/" : path, query };
  const [bare = "", ...rest] = url.split("#", 1)[0]?.split("?") ?? [];
  return { path: bare, query: rest.length === 0 ? "" : `?${rest.join("?")}` };
}

/** The thing that a URL is about. Pure. */
export function resourceOf(url: string): string {
  const { path, query } = partsOf(url);
  for (const [pattern, name] of PLATFORM_RESOURCES) {
    const id = pattern.exec(path)?.[1];
    if (id !== undefined) return `${name}:${id}`;
  }
  const flow = FLOW_ACTION.test(path) ? new URLSearchParams(query).get("flow") : null;
  if (flow !== null) return `flow:${flow}`;
  for (const [pattern, as] of SAME_THING) if (pattern.test(path)) return path.replace(pattern, as);
  return path;
}

/** The thing that a request is about, where its body says so: GraphQL has one path for all; else by its URL. Pure. */
export function thingOf(request: Pick<SentRequest, "method" | "url" | "body" | "bodyEncoding">): string {
  const resource = resourceOf(request.url);
  const id = graphqlIn(request)?.id ?? null;
  return id === null ? resource : `${resource} ${id}`;
}

/** The member `version` of a JSON body that was sent, as text. */
function versionSent(exchange: Exchange): string | null {
  if (exchange.request.bodyEncoding !== "utf8" || !exchange.request.body.includes('"version"')) return null;
  try {
    const version: unknown = (JSON.parse(exchange.request.body) as { version?: unknown } | null)?.version;
    return typeof version === "number" || typeof version === "string" ? String(version) : null;
  } catch {
    return null;
  }
}

/** What an exchange reads or writes, and under which token. Pure. */
export function subjectOf(exchange: Exchange): Subject {
  const ruled = exchange.ruled?.version ?? null;
  // `*` asks that something be there, and names no state of it (RFC 9110, 13.1.1).
  const ifMatch = exchange.ifMatch?.trim() === "*" ? null : exchange.ifMatch;
  const tokenSent = ifMatch ?? (ruled === null ? versionSent(exchange) : ruled.sent);
  const names = exchange.request.headers.map(([name]) => name);
  const { path } = partsOf(exchange.request.url);
  const writes = isWrite(exchange.request.method, names) && !isReadByPost(exchange.request, path);
  const version = exchange.version === null ? null : String(exchange.version);
  return {
    resource: exchange.resource ?? thingOf(exchange.request),
    role: writes ? (tokenSent === null ? "write" : "compare-and-set") : "read",
    tokenSeen: exchange.etag ?? version,
    tokenSent,
  };
}
