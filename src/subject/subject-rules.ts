import { headerValue } from "../core/http.js";
import type { Exchange, RuledSubject } from "../journal/journal.js";
import type { SubjectRule } from "./subject.js";
import { partsOf, resourceOf, thingOf } from "./subject-of.js";

interface CompiledRule {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly resource: string;
  /** Members from the top to the version; null: the member `version` at the top. */
  readonly version: readonly string[] | null;
}

const NAME = /\{(\w+)\}/g;

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function compile({ path, resource, version }: SubjectRule): CompiledRule {
  const segments = path.replace(/\/+$/, "").split("/");
  const source = segments
    .map((segment) => (/^\{\w+\}$/.test(segment) ? "([^/]+)" : escaped(segment)))
    .join("/");
  return {
    pattern: new RegExp(`^${source}/?$`),
    names: segments.flatMap((segment) => /^\{(\w+)\}$/.exec(segment)?.[1] ?? []),
    resource,
    version:
      version === null
        ? null
        : version
            .slice(1)
            .split("/")
            .map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")),
  };
}

/** What rules say of a path. */
interface Match {
  readonly resource: string;
  readonly version: CompiledRule["version"];
}

function matchOf(url: string, rules: readonly CompiledRule[]): Match | null {
  const { path } = partsOf(url);
  for (const { pattern, names, resource, version } of rules) {
    const found = pattern.exec(path);
    if (found === null) continue;
    const values = new Map(names.map((name, index) => [name, found[index + 1] ?? ""]));
    return { resource: resource.replace(NAME, (_all, name: string) => values.get(name) ?? ""), version };
  }
  return null;
}

type Message = Pick<Exchange["request"], "body" | "bodyEncoding">;

function memberAt(message: Message, pointer: readonly string[]): unknown {
  const last = pointer.at(-1) ?? "";
  if (message.bodyEncoding !== "utf8" || !message.body.includes(last)) return undefined;
  try {
    let value: unknown = JSON.parse(message.body);
    for (const name of pointer) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Readonly<Record<string, unknown>>)[name];
    }
    return value;
  } catch {
    return undefined;
  }
}

function versionAt(message: Message | null, pointer: readonly string[]): string | number | null {
  const value = message === null ? undefined : memberAt(message, pointer);
  return typeof value === "string" || typeof value === "number" ? value : null;
}

/** What a POST made, where its answer tells: by its Location, else by the id in its body. */
function madeBy({ request, response }: Exchange, nameOf: (url: string) => string): string | null {
  if (request.method !== "POST" || response === null || response.status >= 400) return null;
  const location = headerValue(response.headers, "location");
  if (location !== null) return nameOf(location);
  const id = memberAt(response, ["id"]);
  if ((typeof id !== "string" && typeof id !== "number") || request.url.includes(String(id))) return null;
  return nameOf(`${partsOf(request.url).path.replace(/\/+$/, "")}/${id}`);
}

/** Names what exchanges are about by rules, before what is known of APIs by default. */
export interface RuledSubjects {
  /** The thing that a URL is about. Pure. */
  readonly resourceOf: (url: string) => string;
  /**
   * An exchange that says what it is about, so that whoever reads on needs no rules: resource, version and, in `ruled`,
   * what else follows from them. One that never left is about nothing. Pure.
   */
  readonly apply: (exchange: Exchange) => Exchange;
}

/** Makes rules ready to use. The first whose path fits counts. Pure. */
export function ruledSubjects(rules: readonly SubjectRule[]): RuledSubjects {
  const compiled = rules.map(compile);
  const nameOf = (url: string): string => matchOf(url, compiled)?.resource ?? resourceOf(url);
  const apply = (exchange: Exchange): Exchange => {
    const { request, response, error } = exchange;
    if (error?.phase === "refused") return exchange;
    const match = matchOf(request.url, compiled);
    const pointer = match?.version ?? null;
    const sent = pointer === null ? null : versionAt(request, pointer);
    const ruled: RuledSubject = {
      made: madeBy(exchange, nameOf),
      version:
        pointer === null ? null : { name: pointer.join("/"), sent: sent === null ? null : String(sent) },
    };
    return {
      ...exchange,
      resource: match?.resource ?? thingOf(request),
      version: pointer === null ? exchange.version : versionAt(response, pointer),
      ruled,
    };
  };
  return { resourceOf: nameOf, apply };
}
