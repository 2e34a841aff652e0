import type { DocumentPath } from "../document/document.js";
import type { Dimensions, Layer, Policy } from "./policy.js";

/** A value that the mock would have to ignore, and says so instead. */
export interface Unsupported {
  /** As in a policy file: member names and indices. */
  readonly path: DocumentPath;
  /** The value, as JSON can say it. */
  readonly value: unknown;
  readonly reason: string;
}

/** Where a value stands and how it is recognised; a layer that says nothing of it has none. */
interface Limit {
  readonly path: DocumentPath;
  readonly reason: string;
  readonly find: (layer: Layer<Dimensions>) => unknown;
}

const NOT_YET = "the mock cannot do this yet";

const LIMITS: readonly Limit[] = [
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
];

/** A server knows no steps, so such a rule would hit nothing; a step names its own fault. */
function findFaults(layer: Layer<Dimensions>, at: DocumentPath): readonly Unsupported[] {
  const reason = `${NOT_YET}; write fault: at the step, or name a route`;
  return (layer.faults ?? []).flatMap(({ on }, index) =>
    on.step === null ? [] : [{ path: [...at, "faults", index, "on", "step"], value: on.step, reason }],
  );
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
