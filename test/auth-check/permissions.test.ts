import { describe, expect, test } from "vitest";
import { judgePermissions, permissionRows } from "../../src/auth-check/judge-permissions.js";
import { type Grant, grantOf, readGrants } from "../../src/auth-check/read-grants.js";

const READ = { method: "GET", path: "/api/v2/conversations/c-1" };
const EXECUTE = { method: "POST", path: "/api/v2/integrations/actions/a-1/execute" };
const ATTRIBUTES = { method: "PATCH", path: "/api/v2/conversations/c-1/participants/p-1/attributes" };
const HOLD = { method: "PATCH", path: "/api/v2/conversations/calls/c-1/participants/p-1" };
const QUEUES = { method: "GET", path: "/api/v2/routing/queues" };

/** A role that allows this. */
function grant(domain: string, entity: string, ...actions: readonly string[]): Grant {
  return { roleId: "r", role: "Clerk", division: "Home", policies: [{ domain, entity, actions }] };
}

describe("what roles allow", () => {
  test.each([
    [["conversation", "communication", "view"], true],
    [["conversation", "communication", "edit", "view"], true],
    [["conversation", "communication", "*"], true],
    [["conversation", "*", "view"], true],
    [["*", "*", "*"], true],
    [["conversation", "communication", "edit"], false],
    [["conversation", "call", "view"], false],
    [["conversations", "communication", "view"], false],
    [["conversation", "communication"], false],
  ])("%j gives conversation:communication:view: %s", ([domain = "", entity = "", ...actions], gives) => {
    const given = grant(domain, entity, ...actions);
    expect(grantOf([given], ["conversation:communication:view"])).toBe(gives ? given : null);
  });

  test("any one permission of those that are named is enough", () => {
    expect(
      grantOf([grant("bridge", "actions", "execute")], ["a:b:c", "bridge:actions:execute"]),
    ).not.toBeNull();
  });

  test("is read from AuthzSubject; a role that says nothing of it is open", () => {
    const policies = [{ domain: "routing", entityName: "queue", actions: ["view", 7] }, "rubbish"];
    const grants = [
      { role: { id: "r1", name: "Clerk", policies }, division: { id: "d1", name: "Home" } },
      { role: { id: "r2" } },
      null,
    ];
    expect(readGrants({ grants })).toEqual([
      {
        roleId: "r1",
        role: "Clerk",
        division: "Home",
        policies: [{ domain: "routing", entity: "queue", actions: ["view"] }],
      },
      { roleId: "r2", role: "r2", division: null, policies: null },
    ]);
  });

  test.each([[null], [{}], [{ grants: "all" }]])("is not known from %j", (members) => {
    expect(readGrants(members)).toBeNull();
  });
});

describe("the operations that somebody means to call", () => {
  const states = (grants: readonly Grant[] | null) =>
    permissionRows([READ, EXECUTE, ATTRIBUTES, QUEUES], grants).map(({ state }) => state);

  test("are held, missing, without need or unknown, each by what is known", () => {
    expect(states([grant("conversation", "communication", "view")])).toEqual([
      "held",
      "missing",
      "none-needed",
      "unknown",
    ]);
    expect(states([])).toEqual(["missing", "missing", "none-needed", "unknown"]);
  });

  test("are not called missing while some role's contents are not known", () => {
    const open: Grant = { roleId: "x", role: "Other", division: null, policies: null };
    expect(states([grant("conversation", "communication", "view"), open])).toEqual([
      "held",
      "unknown",
      "none-needed",
      "unknown",
    ]);
    expect(states(null)).toEqual(["unknown", "unknown", "none-needed", "unknown"]);
  });

  test("are each told once, under the name that documents give them", () => {
    const rows = permissionRows([READ, { ...READ, path: "/api/v2/conversations/c-2" }], []);
    expect(rows.map(({ operation }) => operation)).toEqual(["GET /api/v2/conversations/{conversationId}"]);
  });

  test("are a problem where a permission is missing, and it ends like a login that is refused", () => {
    const rows = permissionRows([READ, EXECUTE], []);
    expect(judgePermissions(rows, { isClientAlone: true, isMeant: true })).toMatchObject([
      {
        code: "missing-permission",
        level: "problem",
        reason: "login",
        message:
          "2 of 2 operations need a permission that this login does not have: conversation:communication:view; integrations:action:execute or bridge:actions:execute",
      },
    ]);
  });

  test.each([
    [true, true, "warning"],
    [true, false, "note"],
    [false, true, undefined],
    [null, true, undefined],
  ])("need a user, client alone %s, meant %s: %s", (isClientAlone, isMeant, level) => {
    const [finding] = judgePermissions(permissionRows([HOLD], []), { isClientAlone, isMeant });
    expect(finding?.level).toBe(level);
    if (finding !== undefined) expect(finding.code).toBe("needs-user");
  });

  test("are a note where nobody can tell", () => {
    const found = judgePermissions(permissionRows([EXECUTE, QUEUES], null), {
      isClientAlone: null,
      isMeant: true,
    });
    expect(found.map(({ code, level }) => [code, level])).toEqual([["permissions-unknown", "note"]]);
    expect(found[0]?.message).toMatch(/^1 permission cannot be told/);
  });

  test("without any being named are all that are documented to need something", () => {
    const rows = permissionRows(null, []);
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ anyOf, needsUser }) => anyOf?.length === 0 && !needsUser)).toEqual([]);
  });
});
