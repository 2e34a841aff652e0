import { PERMISSIONS_SOURCE } from "../platform/permissions.js";
import { indented } from "../report/terminal/block.js";
import type { Look } from "../report/terminal/look.js";
import { GLUE } from "../report/terminal/wrap-text.js";
import type { AuthCheck, PermissionRow } from "./auth-check.js";
import { LABEL_WIDTH } from "./label-rows.js";

const STATES: Readonly<Record<PermissionRow["state"], string>> = {
  held: "yes",
  likely: "likely",
  missing: "MISSING",
  unknown: "not known",
  "none-needed": "none needed",
};

/** Rows that differ in nothing but the operation. */
function groupsOf(permissions: readonly PermissionRow[]): readonly (readonly PermissionRow[])[] {
  const groups = new Map<string, PermissionRow[]>();
  for (const each of permissions) {
    const name = JSON.stringify({ ...each, operation: "" });
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups.values()];
}

function permissionWords({ anyOf, needsUser }: PermissionRow): string {
  if (needsUser) return "documented to need a user";
  return anyOf === null || anyOf.length === 0 ? "" : anyOf.join(" or ");
}

/** `{conversationId}` and the like are `{id}`: a line has room for the path itself. */
function operationWords(operation: string): string {
  return operation.replaceAll(/\{\w+\}/g, "{id}").replaceAll(" ", GLUE);
}

/** What the caller may do, operations of one permission together. Pure. */
export function* permissionLines({ permissions }: AuthCheck, look: Look): Generator<string> {
  if (permissions.length === 0) return;
  yield "";
  const source = `  documented by the vendor's ${PERMISSIONS_SOURCE.name}, not tested`;
  yield* indented(look, { indent: 0, hang: 2 }, [
    { text: "permissions", paint: look.paint.bold },
    { text: source, paint: look.paint.dim },
  ]);
  for (const group of groupsOf(permissions)) {
    const [first] = group;
    if (first === undefined) continue;
    const paint = first.state === "missing" ? look.paint.red : undefined;
    const place = { indent: 2, hang: LABEL_WIDTH };
    const words = look.text(permissionWords(first));
    const state = { text: STATES[first.state], paint };
    const gap = " ".repeat(Math.max(1, LABEL_WIDTH - STATES[first.state].length));
    const because = first.because === "" ? "" : `  ${look.text(first.because)}`;
    yield* indented(look, place, [state, { text: gap + words }, { text: because, paint: look.paint.dim }]);
    for (const { operation } of group)
      yield* indented(look, 2 + LABEL_WIDTH, [{ text: operationWords(look.text(operation)) }]);
  }
}
