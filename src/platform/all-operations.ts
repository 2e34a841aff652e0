import { createRouter, type Router } from "../core/router.js";
import { OAUTH, PROCESS_AUTOMATION } from "./listed/administration.js";
import { CONVERSATIONS } from "./listed/conversations.js";
import { GROUPS, LOCATIONS, SCIM, STATIONS } from "./listed/directory.js";
import { INTEGRATIONS } from "./listed/integrations.js";
import { QUALITY } from "./listed/quality.js";
import { USERS } from "./listed/users.js";
import { listedOperation } from "./operation.js";
import { ACTION_OPERATIONS } from "./operations/actions.js";
import { ADMINISTRATION_OPERATIONS } from "./operations/administration.js";
import { CONVERSATION_OPERATIONS } from "./operations/conversations.js";
import { EVALUATION_OPERATIONS } from "./operations/evaluations.js";
import { GROUP_OPERATIONS } from "./operations/groups.js";
import { PARTICIPANTS } from "./operations/participants.js";
import { SCIM_OPERATIONS } from "./operations/scim.js";
import { USER_OPERATIONS } from "./operations/users.js";
import type { DocumentedOperation } from "./platform.js";
import { readListing } from "./read-listing.js";

/** The operations of which gcidem knows bodies, versions and successes. */
export const DETAILED_OPERATIONS: readonly DocumentedOperation[] = [
  ...CONVERSATION_OPERATIONS,
  ...PARTICIPANTS,
  ...USER_OPERATIONS,
  ...GROUP_OPERATIONS,
  ...SCIM_OPERATIONS,
  ...ACTION_OPERATIONS,
  ...EVALUATION_OPERATIONS,
  ...ADMINISTRATION_OPERATIONS,
];

/** Areas of the platform, by their first segment, all of whose operations are listed. */
const LISTINGS: Readonly<Record<string, string>> = {
  conversations: CONVERSATIONS,
  groups: GROUPS,
  integrations: INTEGRATIONS,
  locations: LOCATIONS,
  oauth: OAUTH,
  processautomation: PROCESS_AUTOMATION,
  quality: QUALITY,
  scim: SCIM,
  stations: STATIONS,
  users: USERS,
};

/** The first segments under /api/v2/ whose operations gcidem lists completely. */
export const LISTED_AREAS: ReadonlySet<string> = new Set(Object.keys(LISTINGS));

/** An operation, in the words of a router. */
interface RoutedOperation {
  readonly method: string;
  readonly template: string;
  readonly operation: DocumentedOperation;
}

function routed(operation: DocumentedOperation): RoutedOperation {
  return { method: operation.method, template: operation.path, operation };
}

/** The first segment under /api/v2/, which divides the platform into areas; the login is one of its own. */
function areaOf(path: string): string {
  return path.split("/")[3] ?? path;
}

function makeArea(area: string): readonly RoutedOperation[] {
  const detailed = DETAILED_OPERATIONS.filter(({ path }) => areaOf(path) === area).map(routed);
  const names = new Set(detailed.map(({ method, template }) => `${method} ${template}`));
  const listed = readListing(LISTINGS[area] ?? "")
    .filter(({ method, template }) => !names.has(`${method} ${template}`))
    .map(({ method, template }) => routed(listedOperation(method, template)));
  return [...detailed, ...listed];
}

const areas = new Map<string, readonly RoutedOperation[]>();
const routers = new Map<string, Router<RoutedOperation>>();

function operationsIn(area: string): readonly RoutedOperation[] {
  const operations = areas.get(area) ?? makeArea(area);
  areas.set(area, operations);
  return operations;
}

/** The operation at a method and a path; null where gcidem knows none. Reads only the path's own area: a run asks about one. Pure. */
export function operationAt(method: string, path: string): DocumentedOperation | null {
  const area = areaOf(path);
  const router = routers.get(area) ?? createRouter(operationsIn(area));
  routers.set(area, router);
  return router.find(method, path)?.route.operation ?? null;
}

/** All operations that gcidem knows, detailed or only listed. Pure. */
export function knownOperations(): readonly RoutedOperation[] {
  const names = new Set([...DETAILED_OPERATIONS.map(({ path }) => areaOf(path)), ...LISTED_AREAS]);
  return [...names].flatMap(operationsIn);
}
