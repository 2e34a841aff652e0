import { type KeepRule, keepsName } from "../core/keep-rules.js";
import { isPersonalName } from "../core/personal-names.js";
import type { Redactor } from "../core/redact.js";
import { replaceInJson, stringOfJson } from "../core/replace-in-json.js";
import { sendingSteps } from "../plan/build-plan.js";
import type { Expectation, JsonTemplate, Scenario, SendingStep, Template } from "../scenario/scenario.js";

/** What a scenario's author wrote of a person, and the name that it stands under. */
export interface PersonalLiteral {
  readonly name: string;
  readonly value: string;
}

function literal(template: Template): readonly string[] {
  const [only, ...more] = template.parts;
  return typeof only === "string" && more.length === 0 ? [only] : [];
}

/** `personal`: the name that these values stand under, where it is one of a person's. */
function inJson(json: JsonTemplate, personal: string | null): readonly PersonalLiteral[] {
  const named = (value: string): readonly PersonalLiteral[] =>
    personal === null || value === "" ? [] : [{ name: personal, value }];
  if (json.kind === "string") return literal(json.template).flatMap(named);
  if (json.kind === "literal") return /^[-\d]/.test(json.json) ? named(json.json) : [];
  if (json.kind === "array") return json.items.flatMap((item) => inJson(item, personal));
  return json.members.flatMap(([name, value]) =>
    inJson(value, literal(name).find(isPersonalName) ?? personal),
  );
}

function inText(text: string): readonly PersonalLiteral[] {
  const found: PersonalLiteral[] = [];
  if (/^\s*[{[]/.test(text)) {
    replaceInJson(text, (json, at) => {
      const name = at.find((step) => typeof step === "string" && isPersonalName(step));
      const value = json.startsWith('"') ? stringOfJson(json) : json;
      if (typeof name === "string" && value !== "") found.push({ name, value });
      return null;
    });
  }
  return found;
}

function inStep(step: SendingStep): readonly PersonalLiteral[] {
  const body = step.kind === "request" ? step.request.body : null;
  if (body?.kind === "json") return inJson(body.json, null);
  if (body?.kind === "text") return literal(body.text).flatMap(inText);
  if (body?.kind !== "form") return [];
  return body.fields.flatMap(([name, value]) =>
    isPersonalName(name) ? literal(value).map((each) => ({ name, value: each })) : [],
  );
}

/** `$.participants[0].name` ends in a name. */
function inExpectation(expectation: Expectation): readonly PersonalLiteral[] {
  if (expectation.what !== "json" || expectation.matcher.kind !== "equals") return [];
  const last = /([\w-]+)['"\]]*$/.exec(expectation.path)?.[1] ?? "";
  return inJson(expectation.matcher.value, isPersonalName(last) ? last : null);
}

/** Values that stand under a person's names in a scenario, or were given for vars of such names. Pure. */
export function personalLiterals(
  scenario: Scenario,
  { keep, given }: { readonly keep: readonly KeepRule[]; readonly given: ReadonlyMap<string, string> },
): readonly PersonalLiteral[] {
  const steps = [...scenario.setUp, ...scenario.steps, ...scenario.cleanUp];
  const raced = steps.flatMap((step) => (step.kind === "race" ? step.variables : []));
  const sent = steps.flatMap(sendingSteps);
  const all = [
    ...[...scenario.variables, ...raced].flatMap(({ name, value }) =>
      value === null ? [] : inJson(value, isPersonalName(name) ? name : null),
    ),
    ...[...given].flatMap(([name, value]) => (isPersonalName(name) ? [{ name, value }] : [])),
    ...sent.flatMap(inStep),
    ...sent.flatMap(({ expectations }) => expectations.flatMap(inExpectation)),
  ];
  return all.filter(({ name, value }) => value.trim() !== "" && !keepsName(keep, name));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A value after its own name, plain or quoted as YAML and JSON do. */
function afterName({ name, value }: PersonalLiteral): RegExp {
  const spelled = [value, JSON.stringify(value).slice(1, -1), value.replaceAll("'", "''")].map(escaped);
  const values = [...new Set(spelled)].join("|");
  return new RegExp(
    `(${escaped(name)}["']?\\]?["']?\\s*:\\s*)(["']?)(?:${values})(?=\\2\\s*(?:[,}\\]#\\r\\n]|$))`,
    "g",
  );
}

/**
 * A scenario's text without what it says of people: each value where it stands after its name, telephone numbers and
 * mail addresses everywhere. Makes the values personal.
 */
export function hideInScenario(
  text: string,
  literals: readonly PersonalLiteral[],
  redactor: Redactor,
): string {
  let hidden = text;
  for (const each of literals) {
    const placeholder = redactor.learnPersonal(each.value);
    hidden = hidden.replace(afterName(each), (_all, before: string, quote: string) => {
      return `${before}${quote}${placeholder}`;
    });
  }
  return hidden;
}
