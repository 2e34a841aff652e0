import * as z from "zod/mini";
import {
  described,
  expecting,
  optionalField as field,
  matching,
  named,
  without,
} from "../document/shapes.js";
import { raceExpectation } from "./expect-schema.js";
import { hints, id, innerOptions, options, repeatFields, requestFields } from "./send-schema.js";
import { MOST_WRITERS, simpleName } from "./shape-words.js";

const IN_THE_POLICY =
  "of requests that arrive together nobody knows which comes first: put it into the policy, `faults: [{ on: { route: PUT /x, nth: 1 }, kind: drop-response }]`";

const NOT_INSIDE = {
  times: "each writer sends each step once: write the step twice, or more writers",
  fault: IN_THE_POLICY,
};

const innerRequest = without(
  { ...NOT_INSIDE, mutate: "`mutate` goes with `repeat`" },
  z.strictObject({ ...requestFields, ...innerOptions }),
);

const innerRepeat = without(
  {
    ...hints(requestFields, "a repeat sends the same bytes again: change them with `mutate`"),
    ...NOT_INSIDE,
  },
  z.strictObject({ ...repeatFields, ...innerOptions }),
);

const innerStep = named("inner-step", z.union([innerRequest, innerRepeat]));

const innerSteps = z.array(innerStep).check(z.minLength(1));

const DURATION = "\\d+(?:\\.\\d+)?(?:ms|s|m|h)";

const release = expecting(
  "together, staggered 5ms, as-ready or offsets [0ms, 3ms]",
  z
    .string()
    .check(
      matching(
        new RegExp(
          `^(?:together|as-ready|staggered +${DURATION}|offsets *\\[ *${DURATION}(?: *, *${DURATION})* *\\])$`,
        ),
      ),
    ),
);

const common = {
  writers: field(
    `How many send at the same time, 2 to ${MOST_WRITERS}. Not with \`lanes\`, each of which is one.`,
    z.int(),
  ),
  release: field(
    "How the writers leave each barrier: together (default), one after the other, each as soon as it is ready, or at times of their own.",
    release,
  ),
  vars: field(
    "Values of each writer's own; $(writer) is its number from 0.",
    z.record(simpleName, z.unknown()),
  ),
  exclusive: field("False: others write these resources too. Default: true.", z.boolean()),
};

const lane = z.strictObject({ steps: described("What this writer sends, in order.", innerSteps) });

const race = z.union([
  z.strictObject({ ...common, steps: described("What each writer sends, in order.", innerSteps) }),
  z.strictObject({
    ...common,
    lanes: described(
      "Different steps for each writer; the k-th steps of all leave one barrier.",
      z.array(lane).check(z.minLength(2), z.maxLength(MOST_WRITERS)),
    ),
  }),
]);

/** A step in which several writers send at the same time. */
export const raceStep: z.ZodMiniType = without(
  hints({ ...requestFields, ...options }, "this goes to the steps inside the race"),
  z.strictObject({
    id,
    race: described("Writers that send at the same time, each with captures of its own.", race),
    expect: field("What must hold of all writers together.", raceExpectation),
  }),
);
