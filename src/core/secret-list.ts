/** Values shorter than this would turn up by chance and make a report unreadable. */
const SHORTEST_SECRET = 4;

/** What a client sends that has no credential, and what each JSON text is full of. */
const WORD_OF_ANY_TEXT = /^(?:null|true|false|undefined|none)$/i;

/** Of secrets that only pass by, the last so many are looked for: some servers set another cookie with each answer. */
const MOST_PASSING = 100;

/** The secrets that somebody has met, and what stands in their place. */
export interface SecretList {
  /** Gives a secret's placeholder, and looks for it from now on; `passing` ones only for as long as they are recent. */
  readonly placeholder: (secret: string, as: "kept" | "passing") => string;
  /** A text with every known spelling of every known secret replaced. */
  readonly replaceIn: (text: string) => string;
  /** How many different secrets there were so far. */
  readonly count: () => number;
  /** Another number once a text might come out otherwise than before. */
  readonly revision: () => number;
}

/** Secrets of fewer bytes are not looked for inside of longer base64. */
const SHORTEST_INSIDE = 12;

const HALF_CHARACTER = /\p{Surrogate}/gu;

/**
 * What base64 of a longer text has of a secret in it: its letters depend on where among three bytes it begins, but for
 * those at its edges. Not of short ones, of which too little would be left to be sure.
 */
function insideBase64(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < SHORTEST_INSIDE) return [];
  return [0, 1, 2].flatMap((shift) => {
    const coded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    const inside = coded.slice(shift === 0 ? 0 : 4, Math.floor((bytes.length + shift) / 3) * 4);
    return [inside, inside.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function spellings(secret: string): readonly string[] {
  // No URL can hold half of a surrogate pair: this is what most writers make of one.
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret.replace(HALF_CHARACTER, "\ufffd"));
  return [
    ...new Set([
      secret,
      json,
      JSON.stringify(json).slice(1, -1),
      percent,
      // A URL that stands in another one's query.
      encodeURIComponent(percent),
      percent.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
      new URLSearchParams([["", secret]]).toString().slice(1),
      Buffer.from(secret).toString("base64"),
      Buffer.from(secret).toString("base64url"),
    ]),
  ];
}

type Spelled = readonly (readonly [spelling: string, placeholder: string])[];

function longestFirst(spelled: Spelled): Spelled {
  return spelled.toSorted(([a], [b]) => b.length - a.length);
}

/** Makes an empty list. Equal secrets get equal placeholders for as long as it lives. */
export function createSecretList(): SecretList {
  const placeholders = new Map<string, string>();
  const lists = { kept: new Map<string, Spelled>(), passing: new Map<string, Spelled>() };
  // Put in order when it is needed: a long body may hold thousands of secrets.
  let spelled: Spelled | null = null;
  let revision = 0;

  const add = (secret: string, as: "kept" | "passing"): string => {
    const placeholder = placeholders.get(secret) ?? `<secret:${placeholders.size + 1}>`;
    placeholders.set(secret, placeholder);
    // Of what only passes by nobody makes a longer text.
    const spelledOut = as === "kept" ? [...spellings(secret), ...insideBase64(secret)] : spellings(secret);
    lists[as].set(
      secret,
      [...new Set(spelledOut)].map((spelling) => [spelling, placeholder] as const),
    );
    const [oldest] = lists.passing.keys();
    if (lists.passing.size > MOST_PASSING && oldest !== undefined) lists.passing.delete(oldest);
    spelled = null;
    revision += 1;
    return placeholder;
  };
  return {
    placeholder: (secret, as) => {
      if (secret.length < SHORTEST_SECRET || WORD_OF_ANY_TEXT.test(secret)) return "<secret>";
      const known = placeholders.get(secret);
      const lookedFor = lists.kept.has(secret) || lists[as].has(secret);
      return known !== undefined && lookedFor ? known : add(secret, as);
    },
    replaceIn: (text) => {
      let output = text;
      spelled ??= longestFirst([...lists.kept.values(), ...lists.passing.values()].flat());
      for (const [spelling, placeholder] of spelled) {
        if (output.includes(spelling)) output = output.replaceAll(spelling, placeholder);
      }
      return output;
    },
    count: () => placeholders.size,
    revision: () => revision,
  };
}
