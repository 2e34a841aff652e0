import * as z from "zod/mini";
import { described, duration, named, without } from "../document/shapes.js";
import { raceStep } from "./race-schema.js";
import { hints, id, options, repeatFields, requestFields } from "./send-schema.js";
import { stepId } from "./shape-words.js";

const requestStep = without(
  { mutate: "`mutate` goes with `repeat`" },
  z.strictObject({ ...requestFields, ...options }),
);

const repeatStep = without(
  hints(requestFields, "a repeat sends the same bytes again: change them with `mutate`"),
  z.strictObject({ ...repeatFields, ...options }),
);

const waitStep = without(
  hints({ ...requestFields, ...options }, "a wait sends nothing"),
  z.strictObject({
    id,
    wait: described("Wait so long: the mock's clock jumps, elsewhere it really waits.", duration),
  }),
);

const compareStep = without(
  hints({ ...requestFields, ...options }, "a comparison sends nothing"),
  z.strictObject({
    id,
    compare: described("Ids of steps to show side by side.", z.array(stepId).check(z.minLength(2))),
  }),
);

/** One entry of `steps`, `setUp` or `cleanUp`. */
export const stepSchema: z.ZodMiniType = named(
  "step",
  z.union([requestStep, repeatStep, waitStep, raceStep, compareStep]),
);
