import { isSecretHeader } from "../core/redact.js";
import { isSecretName } from "../core/secret-sight.js";
import { type AskedValue, mark, varName, type WrittenNote } from "./written.js";

/** Values of `{{name}}` in a file, as Postman and .http files have them. */
export interface FileVariables {
  /** A text with its variables filled in; what the file does not know becomes a mark. */
  readonly fill: (text: string, line: number) => string;
  /** The variables that a person must give. */
  readonly asked: () => readonly AskedValue[];
}

const PLACE = /\{\{([^{}\n]*)\}\}/g;

/** Random values and times that these tools make. */
const MADE: readonly (readonly [name: RegExp, expression: string])[] = [
  [/^\$(?:guid|uuid|random\.uuid|randomUUID)$/, "uuid()"],
  [/^\$(?:isoTimestamp|datetime\b.*|localDatetime\b.*)$/, "now()"],
];
const PROCESS_ENV = /^\$(?:processEnv|dotenv|env\.)\s*%?([A-Za-z_]\w*)$/;
const EARLIER_ANSWER = /^([\w-]+)\.response\.(?:(headers)\.([\w-]+)|body\.(\$?[^\s]*))$/;

/** What a name means by itself; null where it is a variable of the file. Pure. */
function madeBy(name: string): string | null {
  const made = MADE.find(([pattern]) => pattern.test(name));
  if (made !== undefined) return made[1];
  const [, env] = PROCESS_ENV.exec(name) ?? [];
  if (env !== undefined) return `env.${env}`;
  const [, step, headers, header, path] = EARLIER_ANSWER.exec(name) ?? [];
  if (step === undefined) return null;
  if (headers !== undefined) return `@${step} header ${header}`;
  const from = path === undefined || path === "*" || path === "" ? "$" : path;
  return `@${step} ${from.startsWith("$") ? from : `$.${from}`}`;
}

/** Shorter values under such a name are words: every place where they stand would be taken for a secret. */
const SHORTEST_SECRET = 6;

/** True for names such as `token`, `apiKey` and `adminPassword`. Pure. */
export function isSecretVariable(name: string): boolean {
  return isSecretName(name) || isSecretHeader(name.replace(/([a-z\d])([A-Z])/g, "$1-$2"));
}

/** The credential in a variable's value: no scheme, no template, no word; null where there is none. Pure. */
export function secretIn(value: string): string | null {
  const plain = value.trim().replace(/^(?:Bearer|Basic)\s+/i, "");
  return plain.length < SHORTEST_SECRET || plain.includes("{{") ? null : plain;
}

/** The value of the nearest of these names; undefined where none has it. */
export type LookUp = (name: string) => string | undefined;

/** Starts with the values of a file. Those that lead back to themselves are asked for like those that are not there. */
export function fileVariables(lookUp: LookUp, notes: WrittenNote[]): FileVariables {
  const asked = new Map<string, string>();
  const circles = new Set<string>();
  const ask = (name: string): string => {
    asked.set(varName(name), `the value of {{${name}}}`);
    return mark(varName(name));
  };
  const fill = (text: string, line: number, above: readonly string[]): string =>
    text.replace(PLACE, (_all, inner: string) => {
      const name = inner.trim();
      const value = lookUp(name);
      const made = value === undefined ? madeBy(name) : null;
      if (made !== null) return mark(made);
      if (above.includes(name)) {
        const circle = [...above.slice(above.indexOf(name)), name].join(" -> ");
        if (!circles.has(name))
          notes.push({ line, text: `variables lead back to themselves (${circle}): it is asked for` });
        for (const each of above) circles.add(each);
        return ask(name);
      }
      return value === undefined ? ask(name) : fill(value, line, [...above, name]);
    });
  return {
    fill: (text, line) => fill(text, line, []),
    asked: () => [...asked].map(([name, words]) => ({ name, ask: words })),
  };
}
