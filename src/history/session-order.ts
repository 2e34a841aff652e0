import type { Anomaly, Operation } from "./history.js";
import { NONE, type Register, toRegister } from "./register.js";
import { orderVersions } from "./version-order.js";

/** What a client may expect of its own requests, one after another. */
export type SessionGuarantee = "read-your-writes" | "monotonic-reads";

/** `undecided`: the versions do not stand in one order. */
export interface SessionFindings {
  readonly undecided: boolean;
  readonly anomalies: readonly Anomaly[];
}

/** Each version's place in the order; null where the writes do not name one order of all of them. */
function placesOf(register: Register): Int32Array | null {
  const order = orderVersions(register);
  const [block, ...others] = order.blocks;
  if (block === undefined || others.length > 0 || order.anomalies.length > 0) return null;
  const places = new Int32Array(register.versions.length).fill(NONE);
  block.forEach((version, place) => {
    places[version] = place;
  });
  return places;
}

function tellBackwards(later: Operation, earlier: Operation, guarantee: SessionGuarantee): Anomaly {
  const before = guarantee === "read-your-writes" ? "its own write" : "an earlier read";
  return {
    name: "stale-read",
    operations: [later.id, earlier.id],
    explanation: `${later.id} by ${later.process} returned version ${later.version}, which is older than version ${earlier.version} of ${before} ${earlier.id}.`,
  };
}

/** Looks at each client's requests in their order: no read shows less than the client has seen or written. Pure. */
export function checkSession(operations: readonly Operation[], guarantee: SessionGuarantee): SessionFindings {
  const register = toRegister(operations, undefined);
  const places = placesOf(register);
  if (places === null) return { undecided: true, anomalies: [] };
  const counts = ({ kind, ok, version }: Operation): boolean =>
    ok === true && version !== undefined && (guarantee === "monotonic-reads" ? kind === "read" : true);
  const newest = new Map<string | number, { readonly operation: Operation; readonly place: number }>();
  const anomalies: Anomaly[] = [];
  const sorted = operations
    .map((operation, index) => ({ operation, index }))
    .sort((a, b) => a.operation.call - b.operation.call);
  for (const { operation, index } of sorted) {
    const place = places[register.made[index] ?? NONE] ?? NONE;
    if (!counts(operation) || place === NONE) continue;
    const known = newest.get(operation.process);
    const isRead = operation.kind === "read";
    if (
      isRead &&
      known !== undefined &&
      place < known.place &&
      (known.operation.ret ?? 0) <= operation.call
    ) {
      anomalies.push(tellBackwards(operation, known.operation, guarantee));
    }
    const remembers = guarantee === "monotonic-reads" ? isRead : !isRead;
    if (remembers && (known === undefined || place > known.place))
      newest.set(operation.process, { operation, place });
  }
  return { undecided: false, anomalies };
}
