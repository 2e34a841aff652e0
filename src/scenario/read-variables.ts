import { describeValue, quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type Field, member, members, placeOf, problem, textIn } from "../document/field.js";
import { readJson } from "./read-json.js";
import { type Reading, report } from "./reading.js";
import type { Variable } from "./scenario.js";

const ASKING_FIELDS = ["mock", "ask"];

/** A var whose value a person must give off the mock. */
function readAsked(reading: Reading, name: string, field: Field): Variable {
  const mock = member(field, "mock");
  const ask = member(field, "ask");
  for (const [other, value] of members(field)) {
    if (ASKING_FIELDS.includes(other)) continue;
    const hint = didYouMeanHint(other, ASKING_FIELDS).hint ?? null;
    const message = `found the unknown field ${quoted(other)} of a var, expected mock or ask`;
    reading.problems.push(problem(placeOf(value, "key"), message, hint));
  }
  const text = textIn(ask);
  if (ask === null) {
    report(
      reading,
      field,
      "`ask` is missing, expected what a person must give with --var",
      "for one value everywhere write it without `mock:`",
    );
  } else if (text === null || text === "") {
    report(reading, ask, `found ${describeValue(ask.value)}, expected what a person must give with --var`);
  }
  return {
    name,
    at: placeOf(field, "key"),
    value: mock === null ? null : readJson(reading, mock),
    ask: text ?? "",
  };
}

/** `vars`, in the order of the file, which is the order in which they are evaluated. */
export function readVariables(reading: Reading, field: Field | null): readonly Variable[] {
  return members(field).map(([name, value]) => {
    const isAsked = ASKING_FIELDS.some((each) => member(value, each) !== null);
    if (isAsked) return readAsked(reading, name, value);
    return { name, at: placeOf(value, "key"), value: readJson(reading, value), ask: null };
  });
}
