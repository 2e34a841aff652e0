import type { HeaderList } from "../../core/http.js";
import { isMembers, type Members, membersAt, textAt } from "../loose-json.js";
import type { WrittenRequest } from "../written.js";
import type { PostmanBody } from "./body.js";

interface Means {
  readonly fill: (text: string) => string;
  readonly tell: (text: string) => void;
  /** A credential that stands where no name tells it. */
  readonly secret: (value: string) => void;
  readonly body: PostmanBody;
}

function enabled(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.filter(isMembers).filter(({ disabled }) => disabled !== true) : [];
}

function joined(value: unknown, by: string): string {
  if (!Array.isArray(value)) return typeof value === "string" ? value : "";
  return value.map((each) => (isMembers(each) ? (textAt(each, "value") ?? "") : String(each))).join(by);
}

/** The text of a URL: as it was typed, else put together from its parts. */
function urlText(url: Members): string {
  const raw = textAt(url, "raw");
  if (raw !== null && raw !== "") return raw;
  const protocol = textAt(url, "protocol");
  const port = textAt(url, "port");
  const query = enabled(url.query).map(
    (each) => `${textAt(each, "key") ?? ""}=${textAt(each, "value") ?? ""}`,
  );
  const origin = `${protocol === null ? "" : `${protocol}://`}${joined(url.host, ".")}${port === null ? "" : `:${port}`}`;
  return `${origin}/${joined(url.path, "/")}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}

/** `:name` segments stand for variables of the path. */
function withPathVariables(text: string, variables: readonly Members[]): string {
  return variables.reduce((all, each) => {
    const name = textAt(each, "key") ?? textAt(each, "id") ?? "";
    const value = textAt(each, "value");
    const given = value === null || value === "" ? `{{${name}}}` : value;
    return name === ""
      ? all
      : all.replace(new RegExp(`/:${name.replace(/[^\w-]/g, "\\$&")}(?=[/?#]|$)`), () => `/${given}`);
  }, text);
}

/** Details of an auth: a list of keys and values (2.1), or a map (2.0). */
function detailsOf(auth: Members, type: string): (name: string) => string {
  const details = auth[type];
  return (name) => {
    if (isMembers(details)) return String(details[name] ?? "");
    const found = enabled(details).find((each) => textAt(each, "key") === name);
    return found === undefined ? "" : String(found.value ?? "");
  };
}

interface Authorised {
  readonly headers: HeaderList;
  readonly query: string | null;
}

const NONE: Authorised = { headers: [], query: null };

/** What an auth adds to a request. The values are credentials: none of them reaches a file. */
function authorised(auth: unknown, { fill, tell, secret }: Means): Authorised {
  if (!isMembers(auth)) return NONE;
  const type = textAt(auth, "type") ?? "noauth";
  const detail = detailsOf(auth, type);
  switch (type) {
    case "noauth":
      return NONE;
    case "basic": {
      const text = Buffer.from(`${fill(detail("username"))}:${fill(detail("password"))}`).toString("base64");
      return { headers: [["Authorization", `Basic ${text}`]], query: null };
    }
    case "apikey": {
      const [name, value] = [fill(detail("key")), fill(detail("value"))];
      secret(value);
      return detail("in") === "query"
        ? { headers: [], query: `${name}=${value}` }
        : { headers: [[name, value]], query: null };
    }
    case "bearer":
    case "oauth2":
    case "jwt":
      return {
        headers: [["Authorization", `Bearer ${fill(detail("token") || detail("accessToken"))}`]],
        query: null,
      };
    default:
      tell(`its auth of type ${type} cannot be said in a scenario: give the header with -H`);
      return NONE;
  }
}

function headersOf(request: Members, { fill }: Means): HeaderList {
  const { header } = request;
  if (typeof header === "string")
    return header.split("\n").flatMap((line): HeaderList => {
      const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line.trim()) ?? [];
      return name === undefined ? [] : [[name, fill(value ?? "")]];
    });
  return enabled(header).map((each) => [fill(textAt(each, "key") ?? ""), fill(textAt(each, "value") ?? "")]);
}

/** Method, URL and headers of a request in a collection. Pure. */
export function postmanRequest(
  request: Members,
  inheritedAuth: unknown,
  means: Means,
): Pick<WrittenRequest, "method" | "url" | "headers"> {
  const { fill, body } = means;
  const parts = membersAt(request, "url");
  const text = textAt(request, "url") ?? withPathVariables(urlText(parts), enabled(parts.variable));
  const own = request.auth === undefined || request.auth === null ? inheritedAuth : request.auth;
  const auth = authorised(own, means);
  const url = fill(text);
  const headers = headersOf(request, means).filter(([name]) => name !== "");
  const has = (name: string): boolean => headers.some(([each]) => each.toLowerCase() === name.toLowerCase());
  const type =
    body.contentType === null || has("content-type") ? [] : [["Content-Type", body.contentType] as const];
  return {
    method: fill(textAt(request, "method") ?? "GET").toUpperCase(),
    url: auth.query === null ? url : `${url}${url.includes("?") ? "&" : "?"}${auth.query}`,
    headers: [...headers, ...auth.headers.filter(([name]) => !has(name)), ...type],
  };
}
