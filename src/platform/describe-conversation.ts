type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectsIn(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textIn(...values: readonly unknown[]): string | null {
  return values.find((value): value is string => typeof value === "string" && value !== "") ?? null;
}

/** What the platform calls its media in paths and in a participant's members, and people do. */
const MEDIA: readonly (readonly [name: string, word: string])[] = [
  ["calls", "call"],
  ["callbacks", "callback"],
  ["chats", "chat"],
  ["emails", "email"],
  ["messages", "message"],
  ["cobrowsesessions", "co-browse session"],
];

/** States of a communication that nobody is on any more, or not yet. */
const OVER: readonly string[] = ["disconnected", "terminated"];
const WAITING: readonly string[] = ["none", "scheduled"];

/** A participant's states: its own where the answer is of one medium, else those of its communications. */
function statesOf(participant: Members): readonly string[] {
  const communications = MEDIA.flatMap(([name]) => objectsIn(participant[name]));
  return [participant, ...communications].flatMap(({ state }) => textIn(state) ?? []);
}

function mediumOf(path: string, participants: readonly Members[]): string {
  const [, named] = /\/conversations\/([a-z]+)\/[^/]+\/?$/.exec(path) ?? [];
  const found =
    MEDIA.find(([name]) => name === named) ??
    MEDIA.find(([name]) => participants.some((each) => objectsIn(each[name]).length > 0));
  return found?.[1] ?? "conversation";
}

function livelinessOf(body: Members, participants: readonly Members[]): string {
  const states = participants.flatMap(statesOf);
  if (textIn(body.endTime) !== null) return "ended";
  if (states.length === 0) return "";
  if (states.every((state) => OVER.includes(state))) return "ended";
  return states.every((state) => OVER.includes(state) || WAITING.includes(state)) ? "waiting" : "LIVE";
}

function queueOf(participants: readonly Members[]): string | null {
  const names = participants.map(({ queueName, queue, queueId }) => {
    const { name, id } = isObject(queue) ? queue : {};
    return textIn(queueName, name, queueId, id);
  });
  return names.find((name) => name !== null) ?? null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

function ageWords(ageMs: number): string {
  if (ageMs < MINUTE_MS) return `${Math.floor(ageMs / 1000)} s old`;
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min old`;
  return ageMs < 2 * DAY_MS ? `${Math.floor(ageMs / HOUR_MS)} h old` : `${Math.floor(ageMs / DAY_MS)} d old`;
}

function ageOf(body: Members, participants: readonly Members[], nowEpochMs: number): string | null {
  const starts = [body, ...participants].flatMap(({ startTime, connectedTime }) =>
    [startTime, connectedTime].flatMap((each) => (typeof each === "string" ? [Date.parse(each)] : [])),
  );
  const start = Math.min(...starts.filter(Number.isFinite));
  return start <= nowEpochMs ? ageWords(nowEpochMs - start) : null;
}

/**
 * What a read of a conversation shows, in a few words: `LIVE call, 2 participants, queue Support, 3 min old`. Null where
 * the path is none of a conversation, or the body says nothing of one. Pure.
 */
export function describeConversation(path: string, body: unknown, nowEpochMs: number): string | null {
  if (!/\/api\/v2\/conversations\/([a-z]+\/)?[^/]+\/?$/.test(path)) return null;
  if (!isObject(body) || !Array.isArray(body.participants)) return null;
  const participants = objectsIn(body.participants);
  const count = participants.length === 1 ? "1 participant" : `${participants.length} participants`;
  const queue = queueOf(participants);
  const what = `${livelinessOf(body, participants)} ${mediumOf(path, participants)}`.trim();
  return [what, count, queue === null ? null : `queue ${queue}`, ageOf(body, participants, nowEpochMs)]
    .filter((each) => each !== null)
    .join(", ");
}

/** The names of a participant's attributes in a read of its conversation; null where the read has no such participant. Pure. */
export function attributeNames(body: unknown, participantId: string): readonly string[] | null {
  if (!isObject(body)) return null;
  const participant = objectsIn(body.participants).find(({ id }) => id === participantId);
  return participant !== undefined && isObject(participant.attributes)
    ? Object.keys(participant.attributes)
    : null;
}
