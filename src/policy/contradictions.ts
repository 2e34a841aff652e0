import { didYouMean } from "../document/did-you-mean.js";
import type { DocumentPath } from "../document/document.js";
import { HTTP_METHODS } from "./http-methods.js";
import { mergeLayers } from "./merge-layers.js";
import { NOTHING_PROMISED } from "./nothing-promised.js";
import type { Dimensions, Policy } from "./policy.js";
import type { LayerFile, PolicyFile } from "./policy-file.js";
import { readLayer } from "./read-layer.js";
import { coversRoute } from "./route-policy.js";

/** A part of a policy file that can never come to bear. */
export interface Contradiction {
  /** Member names and indices inside the policy. */
  readonly path: DocumentPath;
  readonly message: string;
  readonly hint: string;
}

type ConcurrencyField = "absent" | "stale" | "readFrom" | "createOnly";

/** Fields of `concurrency` that need another one to mean anything. */
interface Dependent {
  readonly field: ConcurrencyField;
  /** True where a layer asks for something with it: the value of a server that promises nothing asks for nothing. */
  readonly asks: (said: Dimensions["concurrency"]) => boolean;
  readonly missing: (dimensions: Dimensions) => "validator" | "readFrom" | null;
}

function missingValidator({ concurrency }: Dimensions): "validator" | null {
  return concurrency.validator.kind === "none" ? "validator" : null;
}

function missingReader(dimensions: Dimensions): "validator" | "readFrom" | null {
  return missingValidator(dimensions) ?? (dimensions.concurrency.readFrom.length === 0 ? "readFrom" : null);
}

const NOTHING = NOTHING_PROMISED.concurrency;

/** A refusal of an outdated token is also what the fault `spurious-conflict` borrows its status from. */
function missingForStale(dimensions: Dimensions): "validator" | "readFrom" | null {
  const isBorrowed = dimensions.faults.some(({ kind }) => kind === "spurious-conflict");
  return isBorrowed ? null : missingReader(dimensions);
}

const DEPENDENTS: readonly Dependent[] = [
  {
    field: "absent",
    asks: ({ absent }) => Object.values(absent).some(({ kind }) => kind === "refuse"),
    missing: missingReader,
  },
  {
    field: "stale",
    asks: ({ stale: { outcome, status, hint } }) =>
      outcome === "200-with-error" ||
      (outcome === "refuse" && (status !== NOTHING.stale.status || hint !== NOTHING.stale.hint)),
    missing: missingForStale,
  },
  { field: "readFrom", asks: ({ readFrom }) => readFrom.length > 0, missing: missingValidator },
  { field: "createOnly", asks: ({ createOnly }) => createOnly !== "ignored", missing: missingValidator },
];

const WHY: Readonly<Record<"validator" | "readFrom", string>> = {
  validator: "validator is none, and a server without one looks at no precondition",
  readFrom: "readFrom is empty, and a server that reads no token finds none outdated or missing",
};

const REMEDY: Readonly<Record<"validator" | "readFrom", string>> = {
  validator: "name a validator, such as etag-strong",
  readFrom: "name a place where the token is read, such as readFrom: [if-match]",
};

/** Whether a layer says something of a field, and asks for something with it. */
function asksFor({ field, asks }: Dependent, layer: LayerFile): boolean {
  if (layer.concurrency?.[field] === undefined) return false;
  return asks(mergeLayers(NOTHING_PROMISED, readLayer(layer)).concurrency);
}

/** The base and every route that leaves a field to it: all the places in which its value may come to bear. */
function placesOf(policy: Policy, field: ConcurrencyField): readonly Dimensions[] {
  const base: Dimensions = policy;
  const leaving = policy.routes.filter(({ overrides }) => overrides.concurrency?.[field] === undefined);
  return [base, ...leaving.map(({ overrides }) => mergeLayers(base, overrides))];
}

function contradictionAt(
  path: DocumentPath,
  { field, missing }: Dependent,
  places: readonly Dimensions[],
): readonly Contradiction[] {
  const [first] = places;
  const lacks =
    first === undefined || places.some((place) => missing(place) === null) ? null : missing(first);
  if (lacks === null) return [];
  const message = `${field} never comes to bear here: ${WHY[lacks]}`;
  return [
    { path: [...path, "concurrency", field], message, hint: `${REMEDY[lacks]}, or leave ${field} out` },
  ];
}

function withoutEffect(file: PolicyFile, policy: Policy): readonly Contradiction[] {
  const base: Dimensions = policy;
  return DEPENDENTS.flatMap((dependent) => {
    const atTop = asksFor(dependent, file)
      ? contradictionAt([], dependent, placesOf(policy, dependent.field))
      : [];
    const inRoutes = (file.routes ?? []).flatMap((route, index) => {
      const rule = policy.routes[index];
      if (rule === undefined || !asksFor(dependent, route)) return [];
      return contradictionAt(["routes", index], dependent, [mergeLayers(base, rule.overrides)]);
    });
    return [...atTop, ...inRoutes];
  });
}

function neverReached(file: PolicyFile, policy: Policy): readonly Contradiction[] {
  return (file.routes ?? []).flatMap((route, index) => {
    const own = policy.routes[index]?.match;
    const earlier = (file.routes ?? []).findIndex((_route, other) => {
      const match = policy.routes[other]?.match;
      return other < index && own !== undefined && match !== undefined && coversRoute(match, own);
    });
    if (earlier === -1) return [];
    return [
      {
        path: ["routes", index, "match"],
        message: `no request ever gets to ${route.match}: ${file.routes?.[earlier]?.match} stands before it and fits them all`,
        hint: "move the more special route above the more general one",
      },
    ];
  });
}

/** Every text of a policy that names a method and a path, with its place. */
function routeTexts(file: PolicyFile): readonly (readonly [DocumentPath, string])[] {
  const ofFaults = (layer: LayerFile, path: DocumentPath): readonly (readonly [DocumentPath, string])[] =>
    (layer.faults ?? []).flatMap(({ on }, index) =>
      on?.route === undefined ? [] : [[[...path, "faults", index, "on", "route"], on.route] as const],
    );
  const inRoutes = (file.routes ?? []).flatMap((route, index) => [
    [["routes", index, "match"], route.match] as const,
    ...ofFaults(route, ["routes", index]),
  ]);
  return [...ofFaults(file, []), ...inRoutes];
}

function unknownMethods(file: PolicyFile): readonly Contradiction[] {
  return routeTexts(file).flatMap(([path, text]) => {
    const [method = ""] = text.split(" ");
    if (method === "*" || HTTP_METHODS.includes(method)) return [];
    const meant = didYouMean(method, HTTP_METHODS);
    const hint = meant === null ? "write * for any method" : `did you mean ${meant}?`;
    return [{ path, message: `no request gets to ${text}: HTTP has no method ${method}`, hint }];
  });
}

interface WholeServer {
  readonly path: DocumentPath;
  readonly isSaid: (layer: LayerFile) => boolean;
}

/** What a server has once, whatever the route. Null and an absent member ask for nothing. */
const WHOLE_SERVER: readonly WholeServer[] = [
  { path: ["churn"], isSaid: ({ churn }) => churn !== undefined && churn !== null },
  { path: ["front"], isSaid: ({ front }) => front !== undefined && front !== null },
  {
    path: ["idempotency", "lookup"],
    isSaid: ({ idempotency }) => idempotency?.lookup !== undefined && idempotency.lookup !== null,
  },
];

function misplaced(file: PolicyFile): readonly Contradiction[] {
  return (file.routes ?? []).flatMap((route, index) =>
    WHOLE_SERVER.filter(({ isSaid }) => isSaid(route)).map(({ path }) => ({
      path: ["routes", index, ...path],
      message: `${path.at(-1)} never comes to bear in a route: it is the whole server's`,
      hint: `write ${path.join(".")} at the top of the policy`,
    })),
  );
}

/**
 * What a policy file says to no effect, in no place: a refusal of what is never looked at, a part of the whole server in a
 * route, a route behind one that fits the same requests, a method that HTTP does not have. Only what the file itself says is told; what it inherits may serve another file. `policy` is the
 * file laid over what it extends. Pure.
 */
export function findContradictions(file: PolicyFile, policy: Policy): readonly Contradiction[] {
  return [
    ...withoutEffect(file, policy),
    ...misplaced(file),
    ...neverReached(file, policy),
    ...unknownMethods(file),
  ];
}
