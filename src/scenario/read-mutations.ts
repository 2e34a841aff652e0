import { quoted } from "../document/describe-value.js";
import { type Field, items, member, placeOf, problem, textIn } from "../document/field.js";
import { readHeaderChanges } from "./read-headers.js";
import { readJson } from "./read-json.js";
import { readPath } from "./read-path.js";
import { readHeaderText, readKey } from "./read-request.js";
import { type Reading, report } from "./reading.js";
import type { Mutation, RequestChange, ReserializeForm } from "./scenario.js";

/** What RFC 6902 asks of each operation besides `op` and `path`. */
const NEEDED: Readonly<Record<string, string | undefined>> = {
  add: "value",
  replace: "value",
  test: "value",
  move: "from",
  copy: "from",
};

function checkPointer(reading: Reading, field: Field | null): void {
  const pointer = textIn(field);
  if (field === null || pointer === null || pointer.startsWith("$(")) return;
  if (pointer !== "" && !pointer.startsWith("/")) {
    report(
      reading,
      field,
      `found ${quoted(pointer)}, expected a JSON Pointer that starts with /`,
      `write /${pointer.replace(/^\$?\./, "").replaceAll(".", "/")}`,
    );
  } else if (/~(?![01])/.test(pointer)) {
    report(
      reading,
      field,
      `found ~ in the JSON Pointer ${quoted(pointer)}, expected ~0 (for ~) or ~1 (for /)`,
    );
  }
}

function checkOperation(reading: Reading, operation: Field): void {
  checkPointer(reading, member(operation, "path"));
  checkPointer(reading, member(operation, "from"));
  const op = textIn(member(operation, "op"));
  if (op === null || !["add", "remove", "replace", "move", "copy", "test"].includes(op)) return;
  for (const name of ["value", "from"]) {
    const given = member(operation, name);
    if (given === null && NEEDED[op] === name) {
      report(
        reading,
        operation,
        `\`${name}\` is missing, expected ${name === "value" ? "a value" : "a JSON Pointer"} for the operation ${op}`,
      );
    }
    if (given !== null && NEEDED[op] !== name) {
      reading.problems.push(
        problem(
          placeOf(given, "key"),
          `found ${quoted(name)} in the operation ${op}, which takes none (RFC 6902)`,
        ),
      );
    }
  }
}

function readChange(reading: Reading, field: Field): RequestChange {
  const method = textIn(member(field, "method"));
  const path = member(field, "path");
  const pathText = textIn(path);
  const key = member(field, "idempotencyKey");
  const ifMatch = member(field, "ifMatch");
  const headers = readHeaderChanges(reading, member(field, "header"));
  const change: RequestChange = {
    ...(method === null ? {} : { method }),
    ...(path === null || pathText === null ? {} : { path: readPath(reading, path, pathText) }),
    ...(key === null ? {} : { idempotencyKey: key.value === null ? null : readKey(reading, key) }),
    ...(ifMatch === null
      ? {}
      : { ifMatch: ifMatch.value === null ? null : readHeaderText(reading, ifMatch) }),
    headers,
  };
  if (typeof field.value === "object" && field.value !== null && Object.keys(field.value).length === 0) {
    report(reading, field, "found an empty map, expected a part of the request to set");
  }
  return change;
}

function readMutation(reading: Reading, field: Field): readonly Mutation[] {
  const at = placeOf(field);
  const patch = member(field, "patch");
  if (patch !== null) {
    for (const operation of items(patch)) checkOperation(reading, operation);
    return [{ kind: "patch", operations: readJson(reading, patch), at }];
  }
  const set = member(field, "set");
  if (set !== null) return [{ kind: "set", set: readChange(reading, set), at }];
  const form = textIn(member(field, "reserialize"));
  return form === null ? [] : [{ kind: "reserialize", form: form as ReserializeForm, at }];
}

/** `mutate`: the changes to one repeated request, in the order of the file. */
export function readMutations(reading: Reading, field: Field | null): readonly Mutation[] {
  return items(field).flatMap((each) => readMutation(reading, each));
}
