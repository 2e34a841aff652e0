import { createRouter, type Router } from "../core/router.js";
import type { Policy } from "../policy/policy.js";
import type { Route } from "./operation.js";
import { ACTION_ROUTES } from "./resources/actions.js";
import { CALLBACK_ROUTES } from "./resources/callbacks.js";
import { CONVERSATION_ROUTES } from "./resources/conversations.js";
import { DRAFT_ROUTES } from "./resources/drafts.js";
import { EVALUATION_ROUTES } from "./resources/evaluations.js";
import { EXECUTION_ROUTES } from "./resources/executions.js";
import { GROUP_MEMBER_ROUTES } from "./resources/group-members.js";
import { GROUP_ROUTES } from "./resources/groups.js";
import { INVENTED_CONVERSATION_ROUTES } from "./resources/invented-conversations.js";
import { needsNothing } from "./resources/items.js";
import { SCIM_USER_ROUTES } from "./resources/scim-users.js";
import { SECURE_ATTRIBUTE_ROUTES } from "./resources/secure-attributes.js";
import { STATION_ROUTES } from "./resources/stations.js";
import { THING_ROUTES } from "./resources/things.js";
import { USER_ROUTES } from "./resources/users.js";

/** Every operation of the mock org but the login. */
const ROUTES: readonly Route[] = [
  ...CONVERSATION_ROUTES,
  ...SECURE_ATTRIBUTE_ROUTES,
  ...USER_ROUTES,
  ...STATION_ROUTES,
  ...GROUP_ROUTES,
  ...GROUP_MEMBER_ROUTES,
  ...SCIM_USER_ROUTES,
  ...CALLBACK_ROUTES,
  ...ACTION_ROUTES,
  ...DRAFT_ROUTES,
  ...EVALUATION_ROUTES,
  ...EXECUTION_ROUTES,
  ...THING_ROUTES,
  ...INVENTED_CONVERSATION_ROUTES,
];

/** The look-up of a key, at the path that the policy names. What it shows is the key engine's, not the org's. */
function lookupRoute(template: string): Route {
  return {
    method: "GET",
    template,
    scope: null,
    permission: null,
    invented: true,
    isLookup: true,
    needs: needsNothing,
    prepare: () => null,
  };
}

/** The operations that a policy offers: forum posts' paths only where it has them. Pure. */
export function offeredRoutes(policy: Policy): readonly Route[] {
  const { lookup } = policy.idempotency;
  const offered = ROUTES.filter((route) => !route.invented || policy.paths === "forum-lore");
  return lookup === null ? offered : [...offered, lookupRoute(lookup)];
}

const routers = new WeakMap<Policy, Router<Route>>();

/** Finds the operations that a policy offers: the same router each time, since each round begins a world under it anew. */
export function routerFor(policy: Policy): Router<Route> {
  const made = routers.get(policy) ?? createRouter(offeredRoutes(policy));
  routers.set(policy, made);
  return made;
}
