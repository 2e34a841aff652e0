import { createHash } from "node:crypto";
import { headerValue } from "../../core/http.js";
import { canonicalJson, tryParseJson } from "../../core/json.js";
import type { AnomalyFinding, AnomalyRule } from "../anomaly.js";
import { keyNameOf, type Recording } from "../recording.js";
import { answerOf, askedOf, leavesOf, placeWith, showsAsked } from "../representation.js";
import type { Seen } from "../seen.js";

type Sign = Pick<AnomalyFinding, "certainty" | "evidence">;

/** Members that servers keep by themselves. */
const SERVERS_OWN =
  /(?:^|\/)(?:_?id|self\w*|uri|href|links?|version|_?rev\w*|e_?tag|state|status|count\w*|total|executions|changed\w*)$|(?:date|time|modified|created|updated|by|at|on)$/i;

function hasVia({ exchange }: Seen): boolean {
  return headerValue(exchange.response?.headers ?? [], "via") !== null;
}

function bodyOf({ exchange }: Seen): string {
  return exchange.response?.body ?? "";
}

const MEMBER_NAME = /"[^"\\]{1,80}"(?=\s*:)/g;

/** With its quotes, and the blanks behind it. */
const LONGEST_NAME = 100;

/** What two texts do not both begin and end with, and the names that reach into it: mostly a value or two. */
function differingPart(text: string, other: string): string {
  const most = Math.min(text.length, other.length);
  let start = 0;
  while (start < most && text.charCodeAt(start) === other.charCodeAt(start)) start += 1;
  let end = 0;
  const last = text.length - 1;
  const otherLast = other.length - 1;
  while (end < most - start && text.charCodeAt(last - end) === other.charCodeAt(otherLast - end)) end += 1;
  return text.slice(Math.max(0, start - LONGEST_NAME), text.length - end + LONGEST_NAME);
}

/** True where a JSON text has a member's name that another one has nowhere. */
function namesMore(text: string, other: string): boolean {
  return (differingPart(text, other).match(MEMBER_NAME) ?? []).some((name) => !other.includes(name));
}

/** Members that came back with a plainly other value. Spelling of numbers, case and blanks is the server's business. */
function changedMember(seen: Seen): string | null {
  const asked = askedOf(seen);
  if (asked === null || bodyOf(seen) === "") return null;
  const sent = [...leavesOf(asked)];
  // Mostly every value comes back as it was: nothing has to be parsed to see that.
  if (sent.every(([, value]) => typeof value !== "string" || bodyOf(seen).includes(JSON.stringify(value))))
    return null;
  const answer = answerOf(seen);
  if (typeof answer !== "object" || answer === null) return null;
  const shown = leavesOf(answer);
  const plain = (value: unknown): string => String(value).trim().toLowerCase();
  for (const [path, value] of sent) {
    const now = shown.get(path);
    if (SERVERS_OWN.test(path) || typeof value !== "string" || typeof now !== "string") continue;
    if (plain(now) !== plain(value))
      return `${path} was sent as ${JSON.stringify(value)} and came back as ${JSON.stringify(now)}`;
  }
  return null;
}

/** A member that nobody sent, that the thing did not have before, and that no server keeps by itself. */
function addedMember(seen: Seen, { reads, book }: Recording): string | null {
  if (seen.method === "POST") return null;
  const before = reads.before(seen).find(({ path }) => path === seen.path);
  const after = bodyOf(seen) === "" ? reads.after(seen).find(({ path }) => path === seen.path) : seen;
  if (before === undefined || after === undefined || !namesMore(bodyOf(after), bodyOf(before))) return null;
  const [answer, old] = [answerOf(after), answerOf(before)];
  if (answer === undefined || old === undefined) return null;
  const sent = leavesOf(askedOf(seen) ?? {});
  const was = leavesOf(old);
  // An answer that shows nothing of what was sent tells how it went, and not what is stored.
  const shown = leavesOf(answer);
  if (after === seen && ![...sent].some(([path, value]) => shown.get(path) === value)) return null;
  const others = book.sameResource(seen).filter((each) => each !== seen && each.writes);
  for (const [path, value] of shown) {
    if (was.has(path) || sent.has(path) || SERVERS_OWN.test(path) || typeof value !== "string") continue;
    if (others.some((each) => each.exchange.request.body.includes(path.slice(path.lastIndexOf("/") + 1))))
      continue;
    if (![...sent.keys()].some((each) => parentOf(each) === parentOf(path))) continue;
    return `${path} is there with ${JSON.stringify(value)}, and nobody sent it`;
  }
  return null;
}

/** Members that tracing puts into what passes by. */
const TRACING = /^(?:x[-_])?(?:trace|span|correlation|parent)[-_]?id$|^traceparent$/i;
const TRACING_MEMBER = /"(?:(?:x[-_])?(?:trace|span|correlation|parent)[-_]?id|traceparent)"/i;

/** True where an answer has a member that tracing puts there. */
function isTraced(seen: Seen): boolean {
  seen.kept.traced ??= TRACING_MEMBER.test(bodyOf(seen));
  return seen.kept.traced;
}

/** The thing that was written, as its own answer shows it, else the first read that does. */
function shownThing(
  seen: Seen,
  { reads }: Recording,
): readonly [by: Seen, thing: Readonly<Record<string, unknown>>] | null {
  const asked = askedOf(seen);
  if (asked === null) return null;
  for (const by of [seen, ...reads.after(seen)]) {
    const thing = isTraced(by) ? placeWith(answerOf(by), asked) : null;
    if (thing !== null) return [by, thing];
  }
  return null;
}

/** True where a server puts such a member into other answers too: then it is the answer's, and not the thing's. */
function isOfAnswers(name: string, seen: Seen, { book }: Recording): boolean {
  return book
    .around(seen)
    .some(
      (each) =>
        each !== seen &&
        (each.ending === "refused" || (!each.writes && each.startMs < seen.endMs)) &&
        bodyOf(each).includes(`"${name}"`),
    );
}

/** A tracing member that nobody sent, in the thing that was written: it came on the way, and was stored with the rest. */
function tracingMember(seen: Seen, recording: Recording): string | null {
  const asked = askedOf(seen);
  const shown = shownThing(seen, recording);
  if (asked === null || shown === null) return null;
  const [by, thing] = shown;
  for (const [name, value] of Object.entries(thing)) {
    if (!TRACING.test(name) || name in asked || typeof value !== "string") continue;
    const again = recording.reads
      .after(seen)
      .find((read) => showsAsked(answerOf(read), { ...asked, [name]: value }));
    if (again === undefined && isOfAnswers(name, seen, recording)) continue;
    const where = again === undefined || again === by ? "" : `, stored (${again.id})`;
    return `/${name} is there with ${JSON.stringify(value)}${where}, and nobody sent it`;
  }
  return null;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Equal secrets may have been spelled differently; callers' data that is hidden is compared by its placeholders. */
function holdsSecret({ exchange: { request } }: Seen): boolean {
  return request.bodySha256.startsWith("hmac-") && request.body.includes("<secret");
}

function byEcho(seen: Seen, recording: Recording): Sign | null {
  if (seen.ending !== "accepted" || seen.exchange.request.bodyEncoding !== "utf8") return null;
  if (holdsSecret(seen) || recording.repeatOf(seen) !== undefined) return null;
  const fact = changedMember(seen) ?? addedMember(seen, recording) ?? tracingMember(seen, recording);
  if (fact === null) return null;
  return { certainty: hasVia(seen) ? "likely" : "possible", evidence: [{ exchange: seen.id, fact }] };
}

const HASH = /"([0-9a-f]{64})"/g;

function canonicalHash(body: string): string | null {
  const node = tryParseJson(body);
  return node === null ? null : createHash("sha256").update(canonicalJson(node)).digest("hex");
}

/** A refusal that tells the hash of the body which the server has under the key: it is none of the bodies sent. */
function byHash(refused: Seen, { keyed, book }: Recording): readonly [Seen, Sign] | null {
  if (refused.key === null || refused.ending !== "refused") return null;
  const hashes = [...(refused.exchange.response?.body ?? "").matchAll(HASH)].map(([, hash = ""]) => hash);
  const [first, ...others] = (keyed.get(keyNameOf(refused)) ?? []).filter(
    ({ index }) => index <= refused.index,
  );
  // One that was refused itself had a first request before it, which nobody here sent.
  if (hashes.length === 0 || first === undefined || first.ending === "refused") return null;
  const sent = [first, ...others, ...book.sameKey(refused)].flatMap(({ exchange: { request } }) => [
    request.bodySha256,
    canonicalHash(request.body),
  ]);
  // Of a body that was redacted nobody can say what its hash was.
  if (hashes.some((hash) => sent.includes(hash)) || sent.some((hash) => hash?.startsWith("hmac-")))
    return null;
  const fact = `the server tells the hash of the body that it got with this key (${hashes[0]}), and no such body was sent`;
  return [first, { certainty: "likely", evidence: [{ exchange: refused.id, fact }] }];
}

/** A refusal for another body, though the bytes were the same. */
function byRefusal(refused: Seen, { keyed }: Recording): readonly [Seen, Sign] | null {
  if (refused.key === null || refused.ending !== "refused" || refused.words === null) return null;
  if (!/(?:another|different|other) (?:request )?(?:body|payload|parameters)/.test(refused.words.prose))
    return null;
  const group = (keyed.get(keyNameOf(refused)) ?? []).filter(({ index }) => index < refused.index);
  const { bodySha256 } = refused.exchange.request;
  const [first] = group;
  const allSame = group.every(({ exchange }) => exchange.request.bodySha256 === bodySha256);
  if (first === undefined || !allSame || first.ending !== "accepted") return null;
  const fact = `refused as another body than that of ${first.id}, though the same bytes were sent`;
  return [first, { certainty: "possible", evidence: [{ exchange: refused.id, fact }] }];
}

/** What arrived is not what was sent. */
export const alteredInTransit: AnomalyRule = (recording) => {
  const found = new Map<Seen, Sign>();
  for (const seen of recording.book.writes) {
    const echo = byEcho(seen, recording);
    const [first, sign] =
      byHash(seen, recording) ?? byRefusal(seen, recording) ?? (echo === null ? [null, null] : [seen, echo]);
    if (first !== null && sign !== null && !found.has(first)) found.set(first, sign);
  }
  return [...found].map(([seen, sign]) => ({
    seen,
    ...sign,
    ruledOut: [],
    explanation: `What the server has or shows of ${seen.id} is not what was sent: something in between changes requests, or the server rewrites what it stores. Under a key such a change makes the same request another one.`,
  }));
};
