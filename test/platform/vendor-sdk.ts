import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** One call of the vendor's SDK, as its source text has it. */
export interface SdkOperation {
  readonly method: string;
  readonly path: string;
  /** `Class.method`, one for each class that has it. */
  readonly names: readonly string[];
  /** Names of the request headers that it declares, in order. */
  readonly headers: readonly string[];
}

/** A member of a type, as `name!type` where it is required and `name?type` where it is not. */
export type SdkMembers = readonly string[];

const MAIN = createRequire(import.meta.url).resolve("purecloud-platform-client-v2");
const ROOT = join(dirname(MAIN), "..", "..");
const TYPES = readFileSync(join(ROOT, "index.d.ts"), "utf8");

/** Lines behind `callApi(`: path, verb, path parameters, query, headers. A query may take several lines. */
function headersAt(lines: readonly string[], call: number): readonly string[] {
  const text = lines.slice(call + 1, call + 80).join("\n");
  const verb = text.indexOf("',", text.indexOf("',") + 2) + 2;
  const maps = [...text.slice(verb).matchAll(/\{([^{}]*)\}/g)].map(([, inside = ""]) => inside);
  return [...(maps[2] ?? "").matchAll(/'([^']+)':/g)].map(([, name = ""]) => name);
}

function quoted(line: string | undefined): string {
  return /'([^']+)'/.exec(line ?? "")?.[1] ?? "";
}

function readApi(file: string, into: Map<string, SdkOperation>): void {
  const lines = readFileSync(file, "utf8").split("\n");
  const owner = /(\w+)\.js$/.exec(file)?.[1] ?? "";
  let name = "";
  for (const [index, line] of lines.entries()) {
    name = /^\t(\w+)\(/.exec(line)?.[1] ?? name;
    if (!line.includes(".callApi(")) continue;
    const [path, method] = [quoted(lines[index + 1]), quoted(lines[index + 2])];
    const before = into.get(`${method} ${path}`)?.names ?? [];
    const names = [...before, `${owner}.${name}`];
    into.set(`${method} ${path}`, { method, path, names, headers: headersAt(lines, index) });
  }
}

/** Every operation of the SDK by `METHOD /path`. */
export function sdkOperations(): ReadonlyMap<string, SdkOperation> {
  const folder = join(ROOT, "src", "purecloud-platform-client-v2", "api");
  const found = new Map<string, SdkOperation>();
  for (const file of readdirSync(folder)) readApi(join(folder, file), found);
  return found;
}

/** The members of one of the SDK's types, sorted. Required ones end in `!`; the type follows a colon. */
export function membersOf(type: string): SdkMembers {
  const start = TYPES.indexOf(`interface ${type} {`);
  const body = TYPES.slice(start, TYPES.indexOf("\n\t}", start));
  return [...body.matchAll(/^\s*"([^"]+)"(\??): (.*);/gm)]
    .map(
      ([, name = "", optional, written = ""]) => `${name}${optional === "?" ? "" : "!"}: ${kindOf(written)}`,
    )
    .toSorted();
}

function kindOf(written: string): string {
  if (/^(?:string|number|boolean)$/.test(written)) return written;
  if (written.startsWith("Array<")) return "array";
  return written === "{ [key: string]: string; }" ? "map of strings" : "object";
}

/** The name of the type of a method's body; `object` where any member may be in it; null where it has none. */
export function bodyTypeOf(sdkMethod: string): string | null {
  const name = sdkMethod.split(".")[1] ?? "";
  const parameters = new RegExp(`\\s${name}\\(([^)]*)\\)`).exec(TYPES)?.[1] ?? "";
  const own = /\bbody: (?:Models\.)?(\w+)/.exec(parameters)?.[1];
  if (own !== undefined) return own;
  const options = TYPES.indexOf(`interface ${name}Options {`);
  const inOptions = options === -1 ? "" : TYPES.slice(options, TYPES.indexOf("\n\t}", options));
  return /"body"\?: (?:Models\.)?(\w+)/.exec(inOptions)?.[1] ?? null;
}

/** What a method's promise resolves to: `void`, `string`, `object`, or the name of a type. */
export function resultOf(sdkMethod: string): string {
  const name = sdkMethod.split(".")[1] ?? "";
  return new RegExp(`\\s${name}\\([^)]*\\): Promise<(?:Models\\.)?(\\w+)>`).exec(TYPES)?.[1] ?? "unknown";
}
