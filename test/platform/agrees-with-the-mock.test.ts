import { describe, expect, test } from "vitest";
import type { Route } from "../../src/mock/operation.js";
import { offeredRoutes } from "../../src/mock/routes.js";
import { findOperation } from "../../src/platform/find-operation.js";
import type { DocumentedMatch } from "../../src/platform/platform.js";
import type { RoutePolicy } from "../../src/policy/policy.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { routePolicy, routeRule } from "../../src/policy/route-policy.js";

const DOCUMENTED = presetPolicy("documented");
const ROUTES = offeredRoutes(DOCUMENTED).filter(
  ({ invented, template }) => !invented && !template.startsWith("/api/v2/mock/"),
);

function documented(match: DocumentedMatch) {
  if (match.kind !== "documented") throw new Error(`the vendor's operations lack it: ${match.kind}`);
  return match.operation;
}

function rowOf({ method, template }: Route) {
  return {
    match: findOperation(method, template),
    policy: routePolicy(DOCUMENTED, method, template),
    open: (routeRule(DOCUMENTED, method, template)?.unknown ?? []).map(({ dimension }) => dimension),
  };
}

/** Where a route of the mock looks for a version, in the words of the vendor's documents. */
function carriersOf({ concurrency }: RoutePolicy): readonly string[] {
  return concurrency.readFrom.map((from) =>
    from.kind === "if-match" ? "If-Match" : `${from.kind} ${from.name}`,
  );
}

const named = (route: Route) => [`${route.method} ${route.template}`, route] as const;

describe.each(ROUTES.map(named))("%s", (name, route) => {
  const { match, policy, open } = rowOf(route);

  test("is an operation that gcidem knows in detail", () => {
    const operation = documented(match);
    expect(`${operation.method} ${operation.path}`).toBe(name);
    expect(operation.success).not.toBeNull();
  });

  test("has the same success, or a status of the mock's choice where none is documented", () => {
    const { success } = documented(match);
    expect(success?.body).toBe(policy.success.body);
    if (success?.status === null) expect(open).toContain("success.status");
    else expect(success?.status).toBe(policy.success.status);
  });

  test("takes a key where the mock honours one, in the same header", () => {
    const { support, carrier } = policy.idempotency;
    const header = support === "honoured" && carrier.kind === "header" ? carrier.name : null;
    expect(documented(match).keyHeader).toBe(header);
  });
});

test.each(ROUTES.filter(({ method }) => method !== "GET").map(named))(
  "%s looks for a version in the same place and refuses alike",
  (_name, route) => {
    const { match, policy, open } = rowOf(route);
    const { version } = documented(match);
    const carrier = version?.carrier === "if-match" ? "If-Match" : `body ${version?.name}`;
    expect(version === null ? [] : [carrier]).toEqual(carriersOf(policy));
    if (version === null || route.method === "GET") return;
    const { stale, absent } = policy.concurrency;
    if (version.mismatch.length === 0) expect(open).toContain("concurrency.stale");
    else expect(version.mismatch).toContain(stale.status);
    expect(absent[route.method].kind).toBe(version.required ? "refuse" : "accepted");
  },
);
