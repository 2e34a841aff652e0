import type { HeaderList } from "../core/http.js";
import { type Answered, ask } from "./ask.js";
import type { Caller, Checking, PermissionRow } from "./auth-check.js";
import { problem, warning } from "./findings.js";
import { objectOf, textOf, textsOf } from "./json-members.js";
import { judgePermissions, permissionRows } from "./judge-permissions.js";
import { type Grant, readGrants, readPolicies } from "./read-grants.js";

/** Questions to an org, and how they are sent. */
interface Asking {
  readonly checking: Checking;
  readonly headers: HeaderList;
  /** Of the API, without a slash at the end. */
  readonly baseUrl: string;
}

/** What an org says of a token. */
export interface OrgSays {
  readonly caller: Caller | null;
  readonly permissions: readonly PermissionRow[];
}

const NOTHING: OrgSays = { caller: null, permissions: [] };

/** A UUID that is nobody's. */
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** Long enough for what servers say, short enough for a line or two. */
const LONGEST_WORDS = 200;

/** As many roles as anybody holds; each costs a request of the org's limit. */
const MOST_ROLES = 10;

function get(what: string, path: string, { baseUrl, checking, headers }: Asking): Promise<Answered | null> {
  return ask(what, new URL(`${baseUrl}${path}`), { checking, headers });
}

function messageIn({ members }: Answered): string {
  const said = textOf(members?.message);
  return said === null ? "" : ` (${said.slice(0, LONGEST_WORDS)})`;
}

function named(value: unknown): { readonly id: string; readonly name: string } | null {
  const { id, name } = objectOf(value) ?? {};
  const [idText, nameText] = [textOf(id), textOf(name)];
  return idText === null && nameText === null
    ? null
    : { id: (idText ?? "").slice(0, LONGEST_WORDS), name: (nameText ?? "").slice(0, LONGEST_WORDS) };
}

/** Whether a token is taken at all; writes down where it is not. */
function isTaken(answered: Answered, { checking }: Asking): boolean {
  const { notes, options } = checking;
  const { status } = answered;
  if (status === 429) {
    notes.find(
      warning(
        "rate-limited",
        "the org answered 429: the limit of this token is used up just now",
        "wait a minute; a production app with the same client shares its limit",
      ),
    );
    return false;
  }
  if (status !== 401) return true;
  const kind = options.target.kind === "profile" ? options.target.profile.credentials?.value.kind : undefined;
  notes.find(
    problem("token-refused", "login", {
      message: `the API answered 401: it does not take the token${messageIn(answered)}`,
      hint:
        kind === "client-credentials"
          ? "the login host gave this token just now: are login and API of one region?"
          : "the token ended, was revoked, or is another region's: a token is good in its own region only; get a new one",
    }),
  );
  return false;
}

async function callerOf(token: Answered, asking: Asking): Promise<Caller> {
  const organization = await get("organization", "/api/v2/organizations/me", asking);
  const user = await get("user", "/api/v2/users/me", asking);
  const { members } = token;
  const client = objectOf(members?.OAuthClient);
  const isUser = user?.status === 200;
  const isClient =
    client?.authorizedGrantType === "CLIENT_CREDENTIALS" || user?.members?.code === "not.a.user";
  return {
    organization: named(organization?.status === 200 ? organization.members : members?.organization),
    client: named(client),
    user: isUser ? (textOf(user.members?.name) ?? textOf(user.members?.id)) : null,
    isClientAlone: isUser ? false : isClient ? true : null,
    scopes: textsOf(members?.authorizedScope),
  };
}

/** A role's own page says what it allows, to those who may read it. */
async function withPolicies(grants: readonly Grant[], asking: Asking): Promise<readonly Grant[]> {
  const open = [...new Set(grants.flatMap(({ policies, roleId }) => (policies === null ? roleId : [])))];
  const known = new Map<string, Grant["policies"]>();
  for (const id of open.filter((each) => each !== "").slice(0, MOST_ROLES)) {
    const role = await get("role", `/api/v2/authorization/roles/${encodeURIComponent(id)}`, asking);
    if (role?.status === 200) known.set(id, readPolicies(role.members?.permissionPolicies));
    if (role?.status === 403) break;
  }
  return grants.map((grant) => ({ ...grant, policies: grant.policies ?? known.get(grant.roleId) ?? null }));
}

async function grantsOf(asking: Asking): Promise<readonly Grant[] | null> {
  const subject = await get("roles", "/api/v2/authorization/subjects/me", asking);
  const grants = subject?.status === 200 ? readGrants(subject.members) : null;
  return grants === null ? null : withPolicies(grants, asking);
}

/** Reads something that is not there: 403 says that the permission is missing, 404 makes it likely that it is held. */
async function tryRead(row: PermissionRow, asking: Asking): Promise<PermissionRow> {
  const [method = "", path = ""] = row.operation.split(" ");
  if (row.state !== "unknown" || row.anyOf === null || method !== "GET") return row;
  const answered = await get("permission", path.replaceAll(/\{\w+\}/g, NOBODY), asking);
  if (answered === null) return row;
  const { status } = answered;
  if (status === 403)
    return { ...row, state: "missing", because: `a read was answered 403${messageIn(answered)}` };
  const because = `a read of something that is not there was answered ${status}, not 403`;
  return [200, 400, 404].includes(status) ? { ...row, state: "likely", because } : row;
}

async function permissionsOf(asking: Asking): Promise<readonly PermissionRow[]> {
  const grants = await grantsOf(asking);
  const rows: PermissionRow[] = [];
  for (const row of permissionRows(asking.checking.options.operations, grants))
    rows.push(await tryRead(row, asking));
  return rows;
}

/**
 * Asks an org what it says of a token, by reading alone: whom it stands for, and what it may do. What is found is written
 * down. @throws GcidemError `interrupted`
 */
export async function askOrg(asking: Asking): Promise<OrgSays> {
  const token = await get("token", "/api/v2/tokens/me", asking);
  if (token === null || !isTaken(token, asking)) return NOTHING;
  const caller = await callerOf(token, asking);
  const permissions = await permissionsOf(asking);
  const { notes, options } = asking.checking;
  const around = { isClientAlone: caller.isClientAlone, isMeant: options.operations !== null };
  for (const finding of judgePermissions(permissions, around)) notes.find(finding);
  return { caller, permissions };
}
