import { isObject } from "../json-shape.js";
import type { Call, Effect, Prepared, Route } from "../operation.js";
import { type Fields, fieldsOf, type Item } from "../org.js";
import type { Refusal } from "../refusal.js";
import { moverSince } from "../versioned.js";
import { needsMember, seenItem } from "./items.js";
import { userOf, userSubject } from "./users.js";

/** The vendor's `UserStations`. */
function stationsOf(user: Item): Fields {
  return isObject(user.fields.station) ? user.fields.station : {};
}

/** The vendor's `UserStation`. */
function station(call: Call, stationId: string): Fields {
  return {
    id: stationId,
    name: `Station ${stationId.slice(0, 8)}`,
    associatedDate: new Date(call.instant.epochMs).toISOString(),
  };
}

/** The words of terraform-provider-genesyscloud's issue 1461. */
const TRAILING = "The version number of the modified resource must match the version number in the database.";

function refuseTrailing(call: Call, { id, versioned }: Item): Refusal | null {
  const { readLagMs, stale } = call.policy.concurrency;
  const agoMs = call.instant.epochMs - versioned.changedAtEpochMs;
  if (versioned.writers.length === 0 || agoMs >= readLagMs) return null;
  return {
    status: stale.outcome === "200-with-error" ? 200 : stale.status,
    code: "general.conflict",
    message: TRAILING,
    cause: "stale-version",
    movedBy: moverSince(versioned, versioned.revision - 1, call.asker),
    reason: `users/${id} was written ${agoMs} ms ago, and the platform's own read trails by ${readLagMs} ms`,
  };
}

/**
 * The platform reads the user before it writes, and its own read trails writes by the read lag: within that time it
 * finds itself outdated, though the client did nothing wrong. A user that came into being unwritten was never written.
 */
function unlessTrailing(call: Call, user: Item): Pick<Prepared, "validate"> {
  const { readLagMs, stale } = call.policy.concurrency;
  if (readLagMs === 0 || stale.outcome === "accepted") return {};
  return { validate: () => refuseTrailing(call, user) };
}

function change(user: Item, stations: Fields): void {
  user.fields = fieldsOf({ ...user.fields, station: stations });
}

function associate(call: Call): Prepared | null {
  const user = userOf(call);
  if (user === null) return null;
  const shown = (): Effect => ({ representation: { ...stationsOf(user) } });
  return {
    subject: userSubject(user),
    ...unlessTrailing(call, user),
    members: () => ["station"],
    current: shown,
    execute: () => {
      const associated = station(call, call.params[1] ?? "");
      change(user, {
        ...stationsOf(user),
        associatedStation: associated,
        effectiveStation: associated,
        lastAssociatedStation: associated,
      });
      return shown();
    },
  };
}

function clear(call: Call): Prepared | null {
  const user = userOf(call);
  if (user === null) return null;
  return {
    subject: userSubject(user),
    ...unlessTrailing(call, user),
    members: () => ["station"],
    execute: () => {
      const { associatedStation: _associated, effectiveStation: _effective, ...rest } = stationsOf(user);
      change(user, rest);
      return { representation: rest };
    },
  };
}

function read(call: Call): Prepared | null {
  const seen = seenItem(userOf(call), call);
  if (seen === null) return null;
  return { subject: userSubject(seen), execute: () => ({ representation: { ...stationsOf(seen) } }) };
}

const SCOPED = { scope: "users", invented: false, permission: null, needs: needsMember("users") } as const;

/** The station at which a user is: a part of the user, set and cleared on its own. */
export const STATION_ROUTES: readonly Route[] = [
  { ...SCOPED, method: "GET", template: "/api/v2/users/{userId}/station", prepare: read },
  {
    ...SCOPED,
    method: "PUT",
    template: "/api/v2/users/{userId}/station/associatedstation/{stationId}",
    prepare: associate,
  },
  {
    ...SCOPED,
    method: "DELETE",
    template: "/api/v2/users/{userId}/station/associatedstation",
    prepare: clear,
  },
];
