import { invalidFile } from "../../core/errors.js";
import { isMembers, type Members, membersAt, parseMembers, textAt } from "../loose-json.js";
import { type FileVariables, fileVariables, isSecretVariable, secretIn } from "../variables.js";
import {
  hasMark,
  type ReadBeside,
  type WrittenNote,
  type WrittenRequest,
  type WrittenRequests,
} from "../written.js";
import { postmanBody } from "./body.js";
import { postmanRequest } from "./request.js";

const MOST_DEPTH = 50;

/** What folders hand down to what is in them. */
interface Inherited {
  readonly auth: unknown;
  readonly scopes: readonly Members[];
  readonly folders: readonly string[];
}

function listAt(members: Members, name: string): readonly Members[] {
  const value = members[name];
  return Array.isArray(value) ? value.filter(isMembers) : [];
}

/** Variables of a collection or a folder by name. */
function scopeOf(members: Members): Members {
  const pairs = listAt(members, "variable").flatMap((each): readonly (readonly [string, unknown])[] => {
    const name = textAt(each, "key") ?? textAt(each, "id");
    return name === null || each.disabled === true ? [] : [[name, each.value]];
  });
  return Object.fromEntries(pairs);
}

/** Values of a collection's or a folder's variables that are secrets by their type or their name. */
function secretsOf(members: Members): readonly string[] {
  return listAt(members, "variable").flatMap((each) => {
    const name = textAt(each, "key") ?? textAt(each, "id") ?? "";
    if (each.type !== "secret" && !isSecretVariable(name)) return [];
    return secretIn(textAt(each, "value") ?? "") ?? [];
  });
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function lookUpIn(scopes: readonly Members[]): (name: string) => string | undefined {
  return (name) => {
    for (const scope of scopes.toReversed()) {
      const value = Object.hasOwn(scope, name) ? textOf(scope[name]) : undefined;
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** Lines of the names in a file, each found behind the one before. */
function createLines(text: string): (name: string) => number {
  let [from, line, counted] = [0, 1, 0];
  return (name) => {
    const at = text.indexOf(JSON.stringify(name), from);
    if (at === -1) return line;
    from = at + 1;
    line += text.slice(counted, at).split("\n").length - 1;
    counted = at;
    return line;
  };
}

interface Reading {
  readonly read: ReadBeside;
  readonly lineOf: (name: string) => number;
  readonly notes: WrittenNote[];
  readonly requests: WrittenRequest[];
  readonly asked: Map<string, string>;
  readonly secrets: string[];
}

function noteScripts(
  item: Members,
  name: string,
  { notes, line }: { readonly notes: WrittenNote[]; readonly line: number },
): void {
  for (const event of listAt(item, "event")) {
    const script = membersAt(event, "script").exec;
    const empty = Array.isArray(script)
      ? script.join("").trim() === ""
      : script === undefined || script === "";
    const when = textAt(event, "listen") === "test" ? "after" : "before";
    if (!empty) notes.push({ line, text: `the script that runs ${when} "${name}" is not run` });
  }
}

function readRequest(item: Members, name: string, inherited: Inherited, reading: Reading): void {
  const { notes, read } = reading;
  const line = reading.lineOf(name);
  noteScripts(item, name, { notes, line });
  const request = typeof item.request === "string" ? { url: item.request } : membersAt(item, "request");
  const variables: FileVariables = fileVariables(lookUpIn(inherited.scopes), notes);
  const tell = (text: string): void => {
    notes.push({ line, text: `"${name}": ${text}` });
  };
  const fill = (text: string): string => variables.fill(text, line);
  const body = postmanBody(membersAt(request, "body"), { fill, read, tell });
  const secret = (value: string): void => {
    const found = hasMark(value) ? null : secretIn(value);
    if (found !== null) reading.secrets.push(found);
  };
  const made = postmanRequest(request, inherited.auth, { fill, tell, secret, body });
  reading.requests.push({ line, name, ...made, body: body.bytes, timeoutMs: null });
  for (const each of variables.asked()) reading.asked.set(each.name, each.ask);
}

function readItems(items: readonly Members[], inherited: Inherited, reading: Reading): void {
  if (inherited.folders.length > MOST_DEPTH) return;
  for (const item of items) {
    const name = textAt(item, "name") ?? "request";
    if (!Array.isArray(item.item)) {
      readRequest(item, name, inherited, reading);
      continue;
    }
    const line = reading.lineOf(name);
    noteScripts(item, name, { notes: reading.notes, line });
    const auth = item.auth === undefined || item.auth === null ? inherited.auth : item.auth;
    const scopes = [...inherited.scopes, scopeOf(item)];
    reading.secrets.push(...secretsOf(item));
    readItems(listAt(item, "item"), { auth, scopes, folders: [...inherited.folders, name] }, reading);
  }
}

function checkVersion(root: Members, file: string): void {
  const refuse = (message: string, hint: string): never => {
    throw invalidFile(file, [{ at: { file, line: 1, column: 1 }, message, hint }]);
  };
  if (Array.isArray(root.requests) && !isMembers(root.info)) {
    refuse(
      "this is a Postman collection of version 1, expected version 2.1",
      "import it into Postman and export it as Collection v2.1, or run: npx postman-collection-transformer convert -i OLD.json -o NEW.json -j 1.0.0 -p 2.1.0",
    );
  }
  if (Array.isArray(root.values) && root._postman_variable_scope !== undefined)
    refuse("this is a Postman environment, expected a collection", "give its values with --var or --vars");
  if (!Array.isArray(root.item))
    refuse("found no items, expected a Postman collection of version 2.1", "export it as Collection v2.1");
}

/** True for the beginning of a Postman file of any version. Pure. */
export function looksLikePostman(start: string): boolean {
  if (!/^\s*\{/.test(start)) return false;
  return (
    /"_postman_id"|schema\.getpostman\.com|"_postman_variable_scope"/.test(start) ||
    /^\s*\{[^{}[\]]*"id"\s*:[^{}[\]]*"name"\s*:[\s\S]*?"(?:order|requests)"\s*:\s*\[/.test(start)
  );
}

/**
 * Reads a Postman collection of version 2.0 or 2.1: folders, variables and inherited auth. Scripts are said and not run.
 * `read` gives files that it names. Pure but for it.
 * @throws GcidemError `invalid-file` for other versions and for what is no collection
 */
export function readPostman(text: string, file: string, read: ReadBeside): WrittenRequests {
  const root = parseMembers(text.replace(/^\ufeff/, ""));
  if (root === null)
    throw invalidFile(file, [
      {
        at: { file, line: 1, column: 1 },
        message: "found no JSON object, expected a Postman collection",
        hint: "export it again: the file may be cut off",
      },
    ]);
  checkVersion(root, file);
  const notes: WrittenNote[] = [];
  const reading: Reading = {
    read,
    lineOf: createLines(text),
    notes,
    requests: [],
    asked: new Map(),
    secrets: [...secretsOf(root)],
  };
  noteScripts(root, "each request", { notes, line: 1 });
  readItems(listAt(root, "item"), { auth: root.auth, scopes: [scopeOf(root)], folders: [] }, reading);
  return {
    format: "Postman collection",
    requests: reading.requests,
    notes,
    asked: [...reading.asked].map(([name, ask]) => ({ name, ask })),
    secrets: reading.secrets,
  };
}
