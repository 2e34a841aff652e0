import { wishOf } from "../book.js";
import { isSameRequest } from "../controls.js";
import { keyLookUp } from "../key-look-up.js";
import { firstAgain, isTakenOver, keyStory } from "../key-story.js";
import { SAYS_KEY_MISSING } from "../refusals/key-missing.js";
import { answerOf, askedOf, showsAsked } from "../representation.js";
import type { Seen } from "../seen.js";
import { speaks } from "../words.js";
import { type InVain, refusedWith, soundsSame, type Tries } from "./tries.js";

/** A key that nobody has used, or none, did not help. */
export const otherKey: InVain = (tries) => {
  const found = refusedWith(tries, "key", () => true);
  return found === null ? null : `${found.id}, with another key or none, was refused as well`;
};

/** The same, where no look-up tells that the key is still held. */
export const otherKeyThanHeld: InVain = (tries) => (isHeld(tries) ? null : otherKey(tries));

/** A look-up tells that the key is held. */
function isHeld({ of }: Tries): boolean {
  const state = keyLookUp(of)?.state;
  return state === "stuck" || state === "running";
}

/** A key was not what was missing: one of a form that passes elsewhere, or one of either form. */
export const keySent: InVain = (tries) => {
  // A server that finds none, whatever is sent, looks for it elsewhere.
  if (speaks(SAYS_KEY_MISSING, tries.of.refused.words)) return null;
  const isQuoted = ({ key }: Seen): boolean => key?.startsWith('"') === true;
  const model = tries.of.near.find(
    ({ key, ending, operation }) =>
      key !== null && ending === "accepted" && operation === tries.of.refused.operation,
  );
  const like =
    model === undefined
      ? null
      : refusedWith(tries, "key", (seen) => seen.key !== null && isQuoted(seen) === isQuoted(model));
  if (like !== null) return `${like.id}, with a key as ${model?.id} has one, was refused as well`;
  const fits = ({ key }: Seen): boolean => key !== null;
  const bare = refusedWith(tries, "key", (seen) => fits(seen) && seen.key?.startsWith('"') === false);
  const quoted = refusedWith(tries, "key", (seen) => seen.key?.startsWith('"') === true);
  return bare === null || quoted === null
    ? null
    : `${bare.id} and ${quoted.id}, with a key, were refused as well`;
};

/** A UUID is of any usual form but for its quotes. */
const USUAL_KEY = /^"?[0-9a-f-]{32,36}"?$/i;

/** A key of either form did not help, and no key did not either. */
export const formChanged: InVain = (tries) => {
  const { refused } = tries.of;
  const none = refusedWith(tries, "key", ({ key }) => key === null);
  const isUsual = ({ key }: Seen, quoted: boolean): boolean =>
    key !== null && USUAL_KEY.test(key) && key.startsWith('"') === quoted;
  const has = (quoted: boolean): boolean =>
    isUsual(refused, quoted) || refusedWith(tries, "key", (seen) => isUsual(seen, quoted)) !== null;
  return none !== null && has(true) && has(false)
    ? `a fresh key, bare and quoted, did not help, nor did none (${none.id})`
    : null;
};

const LONG_MS = 10_000;

/** Long after all that had been sent with the key was over. */
export const stillRefused: InVain = ({ of, alike }) => {
  const { running, priors } = keyStory(of);
  const endMs = Math.max(
    ...[...running, ...priors].map((each) => (each.endMs === Infinity ? each.startMs : each.endMs)),
  );
  const found = alike.find(({ seen, differsIn }) => differsIn === "" && seen.startMs - endMs >= LONG_MS);
  return found === undefined ? null : `${found.seen.id}, long after, was refused as well`;
};

/** The first read of the thing after the refusal: does it show what the first request asked for? */
function firstShown({ of, reads }: Tries): { readonly read: Seen; readonly shown: boolean } | null {
  const { binding } = keyStory(of);
  // What another request wrote since then shows in later reads, too.
  const written = of.controls.find(
    ({ seen }) =>
      seen !== binding && seen.resource === of.refused.resource && seen.index > (binding?.index ?? 0),
  );
  const read = reads.find(
    ({ ending, method, startMs }) =>
      ending === "accepted" && method === "GET" && startMs < (written?.seen.endMs ?? Infinity),
  );
  const asked = binding === null ? null : askedOf(binding);
  const answer = read === undefined ? undefined : answerOf(read);
  if (read === undefined || asked === null || answer === undefined) return null;
  return { read, shown: showsAsked(answer, asked) };
}

/** What was asked for under the key has happened. */
export const carriedOut: InVain = (tries) => {
  const { refused, book } = tries.of;
  const { key } = refused;
  if (isHeld(tries)) return null;
  // A look-up of the key names it, whatever has become of it.
  const lookUps = key === null ? [] : book.lookUps(key);
  const listed = book
    .around(refused)
    .find(
      (each) =>
        !each.writes &&
        each.ending === "accepted" &&
        key !== null &&
        !lookUps.includes(each) &&
        each.exchange.response?.body.includes(key),
    );
  if (listed !== undefined) return `${listed.id} shows what was carried out with this key`;
  const found = firstShown(tries);
  return found?.shown === true ? `${found.read.id} shows that the first was carried out` : null;
};

/** What was asked for under the key has not happened, and its first request got no answer. */
export const notCarriedOut: InVain = (tries) => {
  const found = firstShown(tries);
  const isOpen = keyStory(tries.of).binding?.ending === "unanswered";
  return found?.shown === false && isOpen ? `${found.read.id} does not show what the first asked for` : null;
};

/** Prose without ids, times and counts. */
function gistOf({ words }: Seen): string {
  return words?.prose.replace(/[\w-]*\d[\w-]*/g, "") ?? "";
}

/** A first request that is refused like the second: no difference of theirs is the reason. */
export const firstRefused: InVain = ({ of, alike }) => {
  if (isTakenOver(of)) return null;
  const found = firstAgain(of);
  // Other words are of another rule: of repeats, and not of what differs.
  const isAlike = alike.some(({ seen }) => seen === found && gistOf(seen) === gistOf(of.refused));
  return found !== null && isAlike ? `${found.id}, the first one again, was refused as well` : null;
};

/** Whoever answers each repeat with a refusal has one answer for them, and not two. */
export const firstOtherwise: InVain = ({ of }) => {
  const { refused, near } = of;
  const { binding } = keyStory(of);
  if (isTakenOver(of)) return `${binding?.id}, sent twice again, was given its answer`;
  if (binding === null || isSameRequest(binding, refused)) return null;
  const found = near.find(
    (each) => each.startMs >= refused.endMs && isSameRequest(each, binding) && !soundsSame(each, refused),
  );
  return found === undefined ? null : `${found.id}, the first one again, was answered otherwise`;
};

const SOON_MS = 60_000;

/** What differs from the first request now differs later, unless it has become the first. */
export const takenLater: InVain = (tries) => (isTakenOver(tries.of) ? null : passedLater(tries));

/** What differs from the first request now differs later. */
export const passedLater: InVain = ({ of, passed }) =>
  passed !== null && passed.startMs - of.refused.endMs < SOON_MS
    ? `${passed.id}, the same again, was accepted`
    : null;

/** The first one's body, where the refused one was sent. */
function swapped({ of }: Tries): Seen | null {
  const { refused, near } = of;
  const { binding } = keyStory(of);
  if (binding === null) return null;
  const isSwapped = (each: Seen): boolean =>
    each.startMs >= refused.endMs &&
    each.key === refused.key &&
    each.method === refused.method &&
    each.path + each.query === refused.path + refused.query &&
    wishOf(each) === wishOf(binding);
  return near.find((each) => each.writes && isSwapped(each)) ?? null;
}

/** The body is not what differs. */
export const bodyOfFirst: InVain = (tries) => {
  if (isTakenOver(tries.of)) return null;
  const found = swapped(tries);
  return found?.ending === "refused" && soundsSame(found, tries.of.refused)
    ? `${found.id}, with the body of the first, was refused as well`
    : null;
};

/** A server that knows keys gave the first one's answer again: it was the first that was in the way while it ran. */
export const answeredOfFirst: InVain = ({ of, passed }) => {
  const { running, relation } = keyStory(of);
  const first = running.find(({ ending }) => ending === "accepted");
  if (first === undefined || passed === null || relation !== "same") return null;
  const [answer, again] = [first.exchange.response?.body ?? "", passed.exchange.response?.body ?? ""];
  return answer !== "" && /\bid\b/i.test(answer) && answer === again
    ? `${passed.id} was given the answer of ${first.id}, which was running when ${of.refused.id} came`
    : null;
};

/** The path is not what differs. */
export const placeOfFirst: InVain = (tries) => {
  const { binding, relation } = keyStory(tries.of);
  if (binding === null || relation !== "other-resource") return null;
  // Where the first one itself was refused since, the refused one may have taken its place, and its path with it.
  const isRefusedNow = tries.of.near.some(
    (each) => each.ending === "refused" && isSameRequest(each, binding),
  );
  if (isRefusedNow) return null;
  const found = swapped(tries);
  return found?.ending === "accepted" ? `${found.id}, with the body of the first, was accepted` : null;
};
