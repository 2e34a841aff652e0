import { describe, expect, test } from "vitest";
import { findOperation } from "../../src/platform/find-operation.js";
import { DOCUMENTED_PERMISSIONS, neededPermissions } from "../../src/platform/permissions.js";

describe("documented permissions", () => {
  test.each([
    ["GET", "/api/v2/conversations/c-1", ["conversation:communication:view"]],
    ["PATCH", "/api/v2/conversations/c-1/participants/p-1/attributes", []],
    ["PATCH", "/api/v2/conversations/calls/c-1/participants/p-1/attributes", []],
    ["PUT", "/api/v2/conversations/c-1/secureattributes", ["conversation:participant:attributesedit"]],
    [
      "POST",
      "/api/v2/integrations/actions/a-1/execute",
      ["integrations:action:execute", "bridge:actions:execute"],
    ],
    ["patch", "/api/v2/users/u-1", ["directory:user:edit"]],
  ])("%s %s needs any of %j", (method, path, anyOf) => {
    expect(neededPermissions(method, path)?.anyOf).toEqual(anyOf);
  });

  test.each([
    ["DELETE", "/api/v2/conversations/c-1"],
    ["GET", "/api/v2/routing/queues"],
    ["GET", "/api/v2/conversations/c-1/participants"],
  ])("nothing is claimed about %s %s", (method, path) => {
    expect(neededPermissions(method, path)).toBeNull();
  });

  test("each belongs to an operation that the platform's own documents list", () => {
    const unlisted = DOCUMENTED_PERMISSIONS.map(({ operation }) => operation)
      .filter((operation) => !operation.includes("{media}"))
      .filter((operation) => {
        const [method = "", path = ""] = operation.split(" ");
        return findOperation(method, path).kind !== "documented";
      });
    expect(unlisted).toEqual([]);
  });

  test("has the form that the platform gives a permission", () => {
    const names = DOCUMENTED_PERMISSIONS.flatMap(({ anyOf }) => anyOf);
    expect(names.filter((name) => !/^\w+:\w+:\w+$/.test(name))).toEqual([]);
  });
});
