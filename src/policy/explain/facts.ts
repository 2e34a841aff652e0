import { DIMENSION_NAMES, type DimensionName } from "../dimension-names.js";
import type { Dimensions, PathSet } from "../policy.js";
import type { KeySayers, OtherSayers, Place, Sayer, VersionSayers } from "./say.js";
import {
  PATHS,
  sayErrors,
  sayFaults,
  sayFront,
  sayOrder,
  sayPermissions,
  saySuccess,
} from "./say-answers.js";
import {
  sayClaim,
  sayInFlight,
  sayInFlightOrder,
  sayMismatch,
  sayMismatchKeeps,
} from "./say-key-conflicts.js";
import {
  sayAfterExpiry,
  sayDisconnect,
  sayEcho,
  sayKeyOutlives,
  sayLookup,
  sayOutcomes,
  sayReplay,
  sayTtl,
  sayTtlFrom,
} from "./say-key-memory.js";
import {
  sayCarrier,
  sayFingerprint,
  sayMalformed,
  sayMaxLength,
  sayMethods,
  sayMissing,
  sayScope,
  saySupport,
  saySyntax,
} from "./say-keys.js";
import {
  OFF_WORDS,
  sayChurn,
  sayLatency,
  sayLocks,
  sayRateLimit,
  sayReferences,
  sayTerminal,
  sayUnique,
} from "./say-life.js";
import {
  sayAbsent,
  sayCheck,
  sayComparison,
  sayCreateOnly,
  sayMalformedToken,
  sayPrecedence,
  sayStale,
} from "./say-preconditions.js";
import {
  sayGranularity,
  sayMeaning,
  sayNoOpWrite,
  sayPatchMerges,
  sayReadFrom,
  sayReadLag,
  sayTokenInWriteResponse,
  sayValidator,
} from "./say-versions.js";

/** What one dimension means for a client. */
export interface Fact {
  readonly dimension: DimensionName;
  readonly sentences: readonly string[];
  /** The dimension is switched off, and the sentence is a name for a list of what there is none of. */
  readonly isOff: boolean;
}

const KEYS: KeySayers = {
  "idempotency.support": saySupport,
  "idempotency.carrier": sayCarrier,
  "idempotency.syntax": saySyntax,
  "idempotency.maxLength": sayMaxLength,
  "idempotency.missing": sayMissing,
  "idempotency.malformed": sayMalformed,
  "idempotency.methods": sayMethods,
  "idempotency.scope": sayScope,
  "idempotency.fingerprint": sayFingerprint,
  "idempotency.mismatch": sayMismatch,
  "idempotency.mismatchKeeps": sayMismatchKeeps,
  "idempotency.inFlight": sayInFlight,
  "idempotency.inFlightOrder": sayInFlightOrder,
  "idempotency.claim": sayClaim,
  "idempotency.outcomes": sayOutcomes,
  "idempotency.replay": sayReplay,
  "idempotency.ttl": sayTtl,
  "idempotency.ttlFrom": sayTtlFrom,
  "idempotency.afterExpiry": sayAfterExpiry,
  "idempotency.onDisconnect": sayDisconnect,
  "idempotency.keyOutlivesResource": sayKeyOutlives,
  "idempotency.echo": sayEcho,
  "idempotency.lookup": sayLookup,
};

const VERSIONS: VersionSayers = {
  "concurrency.validator": sayValidator,
  "concurrency.meaning": sayMeaning,
  "concurrency.readFrom": sayReadFrom,
  "concurrency.stale": sayStale,
  "concurrency.absent": sayAbsent,
  "concurrency.precedence": sayPrecedence,
  "concurrency.comparison": sayComparison,
  "concurrency.readLag": sayReadLag,
  "concurrency.tokenInWriteResponse": sayTokenInWriteResponse,
  "concurrency.createOnly": sayCreateOnly,
  "concurrency.check": sayCheck,
  "concurrency.granularity": sayGranularity,
  "concurrency.noOpWrite": sayNoOpWrite,
  "concurrency.patchMerges": sayPatchMerges,
  "concurrency.malformed": sayMalformedToken,
};

const OTHERS: OtherSayers = {
  order: sayOrder,
  churn: sayChurn,
  locks: sayLocks,
  terminal: sayTerminal,
  unique: sayUnique,
  references: sayReferences,
  permissions: sayPermissions,
  success: saySuccess,
  latency: sayLatency,
  rateLimit: sayRateLimit,
  errors: sayErrors,
  front: sayFront,
  faults: sayFaults,
};

const SAYERS: Readonly<Record<Exclude<DimensionName, "paths">, Sayer>> = { ...KEYS, ...VERSIONS, ...OTHERS };

function offWord(dimension: DimensionName, dimensions: Dimensions): string | null {
  return dimension in OFF_WORDS ? OFF_WORDS[dimension as keyof typeof OFF_WORDS](dimensions) : null;
}

/** What a server has once, so that no route can change it. */
const WHOLE_SERVER: ReadonlySet<DimensionName> = new Set(["paths", "churn", "front", "idempotency.lookup"]);

function sentencesOf(dimension: DimensionName, dimensions: Dimensions, place: Place): readonly string[] {
  return dimension === "paths" ? [] : SAYERS[dimension](dimensions, place);
}

/** What the dimensions mean for a client of this place, those without effect left out, in the order of reading. Pure. */
export function factsOf(dimensions: Dimensions, place: Place): readonly Fact[] {
  return DIMENSION_NAMES.flatMap((dimension): readonly Fact[] => {
    if (place.isRoute && WHOLE_SERVER.has(dimension)) return [];
    const off = offWord(dimension, dimensions);
    const sentences = off === null ? sentencesOf(dimension, dimensions, place) : [off];
    return sentences.length === 0 ? [] : [{ dimension, sentences, isOff: off !== null }];
  });
}

/** Which paths the server has, which no route can change. Pure. */
export function pathsFact(paths: PathSet): Fact {
  return { dimension: "paths", sentences: [PATHS[paths]], isOff: false };
}

/** The order of rules means less where no key or no token counts: that is no news of the order. */
function saysLess({ dimension, sentences }: Fact, before: string | undefined): boolean {
  return dimension === "order" && before?.startsWith(sentences.join("\n")) === true;
}

/** What a route changes of what holds everywhere: facts that differ, and what is switched off. Pure. */
export function changedFacts(base: Dimensions, merged: Dimensions, place: Place): readonly Fact[] {
  const before = new Map(factsOf(base, place).map((fact) => [fact.dimension, fact.sentences.join("\n")]));
  return factsOf(merged, place).filter((fact) => {
    const told = before.get(fact.dimension);
    return told !== fact.sentences.join("\n") && !saysLess(fact, told);
  });
}
