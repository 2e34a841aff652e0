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

/** Everything that gcidem knows to be there. */
export interface KnownOperations {
  readonly all: readonly RoutedOperation[];
  readonly router: Router<RoutedOperation>;
}

function routed(operation: DocumentedOperation): RoutedOperation {
  return { method: operation.method, template: operation.path, operation };
}

function makeAll(): KnownOperations {
  const detailed = new Set(DETAILED_OPERATIONS.map(({ method, path }) => `${method} ${path}`));
  const listed = Object.values(LISTINGS)
    .flatMap(readListing)
    .filter(({ method, template }) => !detailed.has(`${method} ${template}`))
    .map(({ method, template }) => routed(listedOperation(method, template)));
  const all = [...DETAILED_OPERATIONS.map(routed), ...listed];
  return { all, router: createRouter(all) };
}

let made: KnownOperations | null = null;

/** All operations that gcidem knows, detailed or only listed. Made when first asked for: most runs never do. Pure. */
export function knownOperations(): KnownOperations {
  made ??= makeAll();
  return made;
}
