import type { DocumentPath } from "../document/document.js";
import type { Dimensions, FaultRule, Layer, Policy } from "./policy.js";

/** A value that the mock would have to ignore, and says so instead. */
export interface Unsupported {
  /** As in a policy file: member names and indices. */
  readonly path: DocumentPath;
  /** The value, as JSON can say it. */
  readonly value: unknown;
  readonly reason: string;
}

const FAULTS_OF_NOW: ReadonlySet<FaultRule["kind"]> = new Set([
  "drop-response",
  "reset-before",
  "reset-after",
  "delay",
  "5xx-before",
  "5xx-after",
  "429",
  "expire-token",
]);

/** Where a value stands and how it is recognised; a layer that says nothing of it has none. */
interface Limit {
  readonly path: DocumentPath;
  readonly reason: string;
  readonly find: (layer: Layer<Dimensions>) => unknown;
}

const NOT_YET = "the mock cannot do this yet";

const LIMITS: readonly Limit[] = [
  {
    path: ["concurrency", "readLag"],
    reason: `${NOT_YET}; 0ms works`,
    find: ({ concurrency }) =>
      (concurrency?.readLagMs ?? 0) > 0 ? `${concurrency?.readLagMs}ms` : undefined,
  },
  {
    path: ["concurrency", "check"],
    reason: `${NOT_YET}; atomic works`,
    find: ({ concurrency }) => (concurrency?.check?.kind === "check-then-set" ? "check-then-set" : undefined),
  },
  {
    path: ["concurrency", "granularity"],
    reason: `${NOT_YET}; resource and parent work`,
    find: ({ concurrency }) => (concurrency?.granularity === "field" ? "field" : undefined),
  },
  {
    path: ["concurrency", "meaning"],
    reason: `${NOT_YET}; revision and content-hash work`,
    find: ({ concurrency }) => (concurrency?.meaning === "mtime-seconds" ? "mtime-seconds" : undefined),
  },
  {
    path: ["concurrency", "tokenInWriteResponse"],
    reason: `${NOT_YET}; true and false work`,
    find: ({ concurrency }) =>
      concurrency?.tokenInWriteResponse === "other-form" ? "other-form" : undefined,
  },
  {
    path: ["unique"],
    reason: `${NOT_YET}; leave it out`,
    find: ({ unique }) => ((unique?.length ?? 0) > 0 ? unique : undefined),
  },
  {
    path: ["references"],
    reason: `${NOT_YET}; leave it out`,
    find: ({ references }) => ((references?.length ?? 0) > 0 ? references : undefined),
  },
  {
    path: ["errors"],
    reason: `${NOT_YET}; the other styles work`,
    find: ({ errors }) => (errors === "graphql" ? "graphql" : undefined),
  },
];

function findFaults(layer: Layer<Dimensions>, at: DocumentPath): readonly Unsupported[] {
  return (layer.faults ?? []).flatMap((fault, index) => {
    const found: Unsupported[] = [];
    const path = [...at, "faults", index];
    if (!FAULTS_OF_NOW.has(fault.kind)) {
      found.push({
        path: [...path, "kind"],
        value: fault.kind,
        reason: `${NOT_YET}; ${[...FAULTS_OF_NOW].join(", ")} work`,
      });
    }
    if (fault.probability !== 1) {
      found.push({
        path: [...path, "probability"],
        value: fault.probability,
        reason: `${NOT_YET}; leave it out`,
      });
    }
    return found;
  });
}

function findInLayer(layer: Layer<Dimensions>, at: DocumentPath): readonly Unsupported[] {
  const found = LIMITS.flatMap(({ path, reason, find }) => {
    const value = find(layer);
    return value === undefined ? [] : [{ path: [...at, ...path], value, reason }];
  });
  return [...found, ...findFaults(layer, at)];
}

/** Every value of a policy that the mock cannot obey yet: each is an error, none is ignored. Pure. */
export function unsupportedIn(policy: Policy): readonly Unsupported[] {
  return [
    ...findInLayer(policy, []),
    ...policy.routes.flatMap((route, index) => findInLayer(route.overrides, ["routes", index])),
  ];
}
