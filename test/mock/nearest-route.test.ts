import { describe, expect, test } from "vitest";
import { nearestRoute } from "../../src/mock/nearest-route.js";
import { TOKEN_PATH } from "../../src/mock/oauth.js";
import { offeredRoutes } from "../../src/mock/routes.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { ATTRIBUTES, CONVERSATION } from "./an-org.js";

const ROUTES = [{ method: "POST", template: TOKEN_PATH }, ...offeredRoutes(presetPolicy("documented"))];
const near = (method: string, path: string) => nearestRoute(method, path, ROUTES);

describe("the nearest operation of a request that fits none", () => {
  test.each([
    ["GET", "/api/v2/user/me", "GET /api/v2/users/me"],
    ["GET", "/api/v2/users/me/", "GET /api/v2/users/me"],
    ["GET", "/users/me", "GET /api/v2/users/me"],
    ["GET", "/api/v2/api/v2/users/me", "GET /api/v2/users/me"],
    ["GET", `/api/v2/conversation/${CONVERSATION}`, "GET /api/v2/conversations/{conversationId}"],
    ["PATCH", ATTRIBUTES.replace("attributes", "atributes"), "PATCH"],
    ["PUT", ATTRIBUTES, "PATCH"],
    ["POST", "/api/v2/integrations/action/a1/execute", "POST"],
    ["POST", "/oauth/tokens", "POST /oauth/token"],
    ["GET", "/api/v2/Users/me", "GET /api/v2/users/me"],
  ])("%s %s: %s", (method, path, start) => {
    const found = near(method, path);
    expect(found?.replace(/\{\w+\}/g, "{}").startsWith(start.replace(/\{\w+\}/g, "{}"))).toBe(true);
  });

  test.each([
    "/",
    "/favicon.ico",
    "/api",
    "/v1/orders/7",
    "/api/v2/routing/queues/1/members",
    "*",
    "//",
    `/${"a/".repeat(5_000)}`,
    `/${"x".repeat(100_000)}`,
  ])("none is near %s", (path) => {
    expect(near("GET", path.slice(0, 200_000))).toBeNull();
  });

  test("every operation is nearest to itself", () => {
    for (const { method, template } of ROUTES) expect(near(method, template)).toBe(`${method} ${template}`);
  });
});
