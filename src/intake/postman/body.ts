import { parseJson, writeJson } from "../../core/json.js";
import { type Datum, multipart } from "../curl/body.js";
import { isMembers, type Members, membersAt, textAt } from "../loose-json.js";
import { mark, type ReadBeside, splitMarks } from "../written.js";

/** A body and the type that Postman adds for it. */
export interface PostmanBody {
  readonly bytes: Uint8Array | null;
  readonly contentType: string | null;
}

interface Means {
  readonly fill: (text: string) => string;
  readonly read: ReadBeside;
  readonly tell: (text: string) => void;
}

const LANGUAGES: Readonly<Record<string, string>> = {
  ...{
    json: "application/json",
    xml: "application/xml",
    html: "text/html",
    javascript: "application/javascript",
  },
};

function fieldsOf(body: Members, mode: string): readonly Members[] {
  const value = body[mode];
  return Array.isArray(value) ? value.filter(isMembers).filter(({ disabled }) => disabled !== true) : [];
}

/** Characters of a form as Postman encodes them; marks stay as they are. */
function encode(text: string): string {
  return splitMarks(text)
    .map((part, index) => (index % 2 === 1 ? mark(part) : encodeURIComponent(part)))
    .join("");
}

function formText(fields: readonly Members[], { fill }: Means): string {
  const filled = (field: Members, name: string): string => encode(fill(textAt(field, name) ?? ""));
  return fields.map((field) => `${filled(field, "key")}=${filled(field, "value")}`).join("&");
}

function formData(fields: readonly Members[], { fill, read, tell }: Means): PostmanBody {
  const data = fields.map((field): Datum => {
    const name = fill(textAt(field, "key") ?? "");
    const src = Array.isArray(field.src) ? field.src[0] : field.src;
    if (typeof src === "string") return { kind: "form", value: `${name}=@${src}` };
    return { kind: "form-string", value: `${name}=${fill(textAt(field, "value") ?? "")}` };
  });
  tell("the multipart body is put together here, under a boundary of its own, and kept as a file");
  const { bytes, contentType } = multipart(data, {
    read,
    missing: (message) => tell(`${message}; nothing is sent in its place`),
  });
  return { bytes, contentType };
}

function graphql(body: Members, { fill }: Means): string {
  const query = fill(textAt(membersAt(body, "graphql"), "query") ?? "");
  const variables = fill(textAt(membersAt(body, "graphql"), "variables") ?? "").trim();
  try {
    return JSON.stringify({ query, variables: JSON.parse(variables === "" ? "{}" : variables) as unknown });
  } catch {
    return writeJson(parseJson(JSON.stringify({ query, variables })));
  }
}

/** The body of a request in a collection. Pure but for files that it names. */
export function postmanBody(body: Members, means: Means): PostmanBody {
  const { fill, read, tell } = means;
  switch (body.disabled === true ? null : textAt(body, "mode")) {
    case "raw": {
      const raw = fill(textAt(body, "raw") ?? "");
      const language = textAt(membersAt(membersAt(body, "options"), "raw"), "language") ?? "text";
      if (raw === "") return { bytes: null, contentType: null };
      return { bytes: Buffer.from(raw), contentType: LANGUAGES[language] ?? "text/plain" };
    }
    case "urlencoded":
      return {
        bytes: Buffer.from(formText(fieldsOf(body, "urlencoded"), means)),
        contentType: "application/x-www-form-urlencoded",
      };
    case "formdata":
      return formData(fieldsOf(body, "formdata"), means);
    case "graphql":
      return { bytes: Buffer.from(graphql(body, means)), contentType: "application/json" };
    case "file": {
      const src = textAt(membersAt(body, "file"), "src");
      const found = src === null ? "no file is named" : read(src);
      if (typeof found !== "string") return { bytes: found, contentType: "application/octet-stream" };
      tell(`the body's file ${src ?? ""}: ${found}; nothing is sent in its place`);
      return { bytes: null, contentType: null };
    }
    default:
      return { bytes: null, contentType: null };
  }
}
