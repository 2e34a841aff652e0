import type { ReadBeside } from "../written.js";

/** The parts of a body, and what could not be read for it. */
export interface CurlBody {
  readonly bytes: Uint8Array;
  /** What curl adds for it where no header says otherwise. */
  readonly contentType: string;
}

/** One piece of data as a command gives it. */
export interface Datum {
  readonly kind: "data" | "data-binary" | "data-raw" | "data-urlencode" | "json" | "form" | "form-string";
  readonly value: string;
}

/** Reads files; what cannot be read is said and is empty. */
export interface Files {
  readonly read: ReadBeside;
  readonly missing: (message: string) => void;
}

const EMPTY = Buffer.alloc(0);

function fileBytes(path: string, { read, missing }: Files): Buffer {
  const found = read(path);
  if (typeof found !== "string") return Buffer.from(found);
  missing(`@${path}: ${found}`);
  return EMPTY;
}

/** `content`, `=content`, `name=content`, `@file` and `name@file` of `--data-urlencode`. */
function urlEncoded(value: string, files: Files): string {
  const [, name = "", sign, rest = ""] = /^([^=@]*)([=@])([\s\S]*)$/.exec(value) ?? [];
  if (sign === undefined) return encodeForm(value);
  const content = sign === "=" ? rest : fileBytes(rest, files).toString("utf8");
  return name === "" ? encodeForm(content) : `${name}=${encodeForm(content)}`;
}

/** As curl encodes: unreserved characters of RFC 3986 stay. */
function encodeForm(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function datumBytes({ kind, value }: Datum, files: Files): Buffer {
  if (kind === "data-urlencode") return Buffer.from(urlEncoded(value, files));
  if (kind === "data-raw" || !value.startsWith("@")) return Buffer.from(value);
  const bytes = fileBytes(value.slice(1), files);
  // curl's manual, --data: carriage returns and newlines of a file are stripped; --data-binary and --json keep them.
  return kind === "data" ? Buffer.from(bytes.filter((byte) => ![0x0a, 0x0d, 0].includes(byte))) : bytes;
}

/** The bytes of `-d` and its relatives, joined as curl joins them: by & but for `--json`. */
export function dataBytes(data: readonly Datum[], files: Files): Buffer {
  const parts = data.flatMap((datum, index) => {
    const bytes = datumBytes(datum, files);
    return index === 0 || datum.kind === "json" ? [bytes] : [Buffer.from("&"), bytes];
  });
  return Buffer.concat(parts);
}

const BOUNDARY = "gcidem-7d1f0c2a9b3e4f58";

function formPart({ kind, value }: Datum, files: Files): Buffer {
  const [, name = "", given = ""] = /^([^=]*)=([\s\S]*)$/.exec(value) ?? [];
  const [content = "", ...parameters] = kind === "form-string" ? [given] : given.split(";");
  const said = (wanted: string): string | undefined =>
    parameters
      .map((each) => each.trim())
      .find((each) => each.startsWith(`${wanted}=`))
      ?.slice(wanted.length + 1);
  const isFile = kind === "form" && /^[@<]/.test(content);
  const bytes = isFile ? fileBytes(content.slice(1), files) : Buffer.from(content);
  const file =
    content.startsWith("@") && isFile ? (said("filename") ?? content.split(/[@/\\]/).at(-1) ?? "") : null;
  const type = said("type") ?? (file === null ? null : "application/octet-stream");
  const head = [
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; name="${name}"${file === null ? "" : `; filename="${file}"`}`,
    ...(type === null ? [] : [`Content-Type: ${type}`]),
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), bytes, Buffer.from("\r\n")]);
}

/** A multipart form with a boundary of gcidem's own: curl draws a new one for each request. */
export function multipart(data: readonly Datum[], files: Files): CurlBody {
  const parts = data.map((datum) => formPart(datum, files));
  return {
    bytes: Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]),
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
  };
}
