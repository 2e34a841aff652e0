import { findOperation } from "../platform/find-operation.js";
import { DOCUMENTED_PERMISSIONS, neededPermissions } from "../platform/permissions.js";
import type { Finding, MeantOperation, PermissionRow } from "./auth-check.js";
import { note, problem, warning } from "./findings.js";
import { type Grant, grantOf } from "./read-grants.js";

function needsUser(method: string, path: string): boolean {
  const match = findOperation(method, path);
  return match.kind === "documented" && match.operation.needsUser === true;
}

function stateOf(
  anyOf: readonly string[] | null,
  grants: readonly Grant[] | null,
): Pick<PermissionRow, "state" | "because"> {
  if (anyOf === null) return { state: "unknown", because: "gcidem knows of no document that names any" };
  if (anyOf.length === 0) return { state: "none-needed", because: "" };
  const grant = grantOf(grants ?? [], anyOf);
  if (grant !== null)
    return {
      state: "held",
      because: `role ${grant.role}${grant.division === null ? "" : `, division ${grant.division}`}`,
    };
  const isWhole = grants?.every(({ policies }) => policies !== null) === true;
  return isWhole ? { state: "missing", because: "" } : { state: "unknown", because: "" };
}

function rowOf(method: string, path: string, grants: readonly Grant[] | null): PermissionRow {
  const needed = neededPermissions(method, path);
  const anyOf = needed?.anyOf ?? null;
  const operation = needed?.operation ?? `${method} ${path}`;
  return { operation, anyOf, ...stateOf(anyOf, grants), needsUser: needsUser(method, path) };
}

/** All that is documented to need something. */
function everything(): readonly MeantOperation[] {
  return DOCUMENTED_PERMISSIONS.map(({ operation }) => {
    const [method = "", path = ""] = operation.split(" ");
    return { method, path };
  }).filter(
    ({ method, path }) =>
      !path.includes("{media}") &&
      ((neededPermissions(method, path)?.anyOf.length ?? 0) > 0 || needsUser(method, path)),
  );
}

/**
 * A row for each operation that somebody means to call (null: for each that is documented to need something), by what roles
 * allow. `grants` null: nobody knows them. Pure.
 */
export function permissionRows(
  operations: readonly MeantOperation[] | null,
  grants: readonly Grant[] | null,
): readonly PermissionRow[] {
  const rows = (operations ?? everything()).map(({ method, path }) => rowOf(method, path, grants));
  return rows.filter(
    (row, index) => rows.findIndex(({ operation }) => operation === row.operation) === index,
  );
}

function missing(rows: readonly PermissionRow[], isMeant: boolean): readonly Finding[] {
  const lacking = rows.filter(({ state }) => state === "missing");
  if (lacking.length === 0) return [];
  const names = [...new Set(lacking.map(({ anyOf }) => (anyOf ?? []).join(" or ")))];
  const of = `${lacking.length} of ${rows.length === 1 ? "1 operation" : `${rows.length} operations`}`;
  return [
    problem("missing-permission", "login", {
      message: `${of} ${lacking.length === 1 ? "needs" : "need"} a permission that this login does not have: ${names.join("; ")}`,
      hint: `give the OAuth client (or the user) a role with it, or leave these calls out${isMeant ? "" : "; name a scenario to check only what that needs"}`,
    }),
  ];
}

/** What is known besides the rows. */
interface Around {
  /** The token stands for a client without a user. */
  readonly isClientAlone: boolean | null;
  /** True where somebody means to call just these operations, false where they are all that gcidem knows. */
  readonly isMeant: boolean;
}

/** What rows say together. Pure. */
export function judgePermissions(
  rows: readonly PermissionRow[],
  { isClientAlone, isMeant }: Around,
): readonly Finding[] {
  const tell = isMeant ? warning : note;
  const forUsers = rows.filter((row) => row.needsUser).map(({ operation }) => operation);
  const open = rows.filter(({ state, anyOf }) => state === "unknown" && anyOf !== null);
  return [
    ...missing(rows, isMeant),
    ...(forUsers.length > 0 && isClientAlone === true
      ? [
          tell(
            "needs-user",
            `this login is a client's and stands for no user; documented to need one: ${forUsers.join(", ")} (400 not.a.user)`,
            "write attributes by PATCH .../participants/{participantId}/attributes, which needs none, or use a user's token; documented in 2017, not tested",
          ),
        ]
      : []),
    ...(open.length > 0
      ? [
          note(
            "permissions-unknown",
            `${open.length === 1 ? "1 permission" : `${open.length} permissions`} cannot be told: the platform does not say what this caller's roles allow, and writing just to see is out of the question`,
            "look at the roles of the OAuth client, or run the scenario with --read-only",
          ),
        ]
      : []),
  ];
}
