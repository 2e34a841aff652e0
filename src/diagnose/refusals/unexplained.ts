import { fitting, type RefusalRule } from "../refusal.js";

/** Nothing fits. */
export const unexplained: RefusalRule = {
  factors: [],
  holds: "enclosed",
  spoken: null,
  judge: () => fitting(-9),
  explain: ({ refused }) =>
    `Nothing that gcidem knows explains the ${refused.status ?? "missing"} answer to ${refused.id}.`,
};
