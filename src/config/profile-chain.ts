import type { Problem } from "../core/errors.js";
import { quoted } from "../document/describe-value.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { type Field, member, members, placeOf, problem, textIn } from "../document/field.js";

/** A profile and those that it extends, nearest first; what is wrong with that. */
interface ProfileChain {
  readonly chain: readonly Field[];
  readonly problems: readonly Problem[];
}

function nameOf(profile: Field): string {
  return String(profile.path.at(-1) ?? "");
}

/** Follows `extends` through the profiles of a file. Pure. */
export function profileChain(profile: Field, profiles: Field | null): ProfileChain {
  const chain: Field[] = [profile];
  for (let last = profile; ; ) {
    const wanted = member(last, "extends");
    const name = textIn(wanted);
    if (wanted === null || name === null) return { chain, problems: [] };
    const names = chain.map(nameOf);
    // A cycle that this profile is no part of is told of the profiles that are.
    if (names.includes(name)) {
      const message = `found ${quoted(name)}, which leads back to where it began: ${[...names, name].join(" extends ")}`;
      return { chain, problems: name === nameOf(profile) ? [problem(placeOf(wanted), message)] : [] };
    }
    const next = member(profiles, name);
    if (next === null) {
      const known = members(profiles)
        .map(([each]) => each)
        .filter((each) => !names.includes(each));
      const { hint = known.length === 0 ? "this file has no other" : `there are ${known.join(", ")}` } =
        didYouMeanHint(name, known);
      const message = `found ${quoted(name)}, expected the name of another profile of this file`;
      return { chain, problems: last === profile ? [problem(placeOf(wanted), message, hint)] : [] };
    }
    chain.push(next);
    last = next;
  }
}

/** A field of a profile, of the nearest one in its chain that has it; null where none has. Pure. */
export function chainField(chain: readonly Field[], name: string): Field | null {
  for (const profile of chain) {
    const found = member(profile, name);
    if (found !== null && found.value !== null) return found;
  }
  return null;
}

/** The members of a map of a profile, those of the profiles that it extends below them. Pure. */
export function chainMembers(chain: readonly Field[], name: string): ReadonlyMap<string, Field> {
  const merged = new Map<string, Field>();
  for (const profile of chain.toReversed())
    for (const [each, field] of members(member(profile, name))) merged.set(each, field);
  return merged;
}
