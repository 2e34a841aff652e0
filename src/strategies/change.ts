import type { Policy } from "../policy/policy.js";
import { ATTRIBUTES_PATH, CONVERSATION_PATH, PARTICIPANT, READ_PATH, SHARED_ATTRIBUTE } from "./places.js";
import { NO_TOKEN, type TokenPlace, tokenPlaceOf } from "./token-place.js";
import type { Turns } from "./turns.js";
import type { ChangeManner } from "./ways.js";
import { isSuccess, pauseMs, type Sent, type Writer, waitFor } from "./writer.js";

/** What the writers of a run have in common. */
export interface ChangeRun {
  readonly policy: Policy;
  readonly turns: Turns;
}

/** What a writer saw when it read: the shared attribute, and the token of that state. */
interface Seen {
  readonly notes: string;
  readonly token: unknown;
}

const UNREAD: Seen = { notes: "", token: null };

const REREAD_PAUSE_MS = 100;

const OWN_VALUE = "done";

interface Representation extends Readonly<Record<string, unknown>> {
  readonly participants?: readonly {
    readonly id?: unknown;
    readonly attributes?: Readonly<Record<string, string>>;
  }[];
}

/** The attributes of the participant in what a read of the conversation shows. Pure. */
export function attributesIn(body: string): Readonly<Record<string, string>> {
  const { participants = [] } = JSON.parse(body) as Representation;
  return participants.find(({ id }) => id === PARTICIPANT)?.attributes ?? {};
}

function holdsMark(notes: string, mark: string): boolean {
  return notes.split(" ").includes(mark);
}

/** True where a writer's change is there, whichever attribute it was to set. Pure. */
export function holdsChange(
  attributes: Readonly<Record<string, string>>,
  mark: string,
  through: ChangeManner["through"],
): boolean {
  return through === "own"
    ? attributes[mark] === OWN_VALUE
    : holdsMark(attributes[SHARED_ATTRIBUTE] ?? "", mark);
}

/** Reads until an answer comes; null where the deadline is nearer than the next attempt. */
async function read(writer: Writer, { tokenIn }: TokenPlace): Promise<Seen | null> {
  for (;;) {
    const reply = await writer.send({ method: "GET", path: READ_PATH, query: "", headers: {} });
    if (isSuccess(reply)) {
      const token = tokenIn(reply, JSON.parse(reply.body) as Readonly<Record<string, unknown>>);
      return { notes: attributesIn(reply.body)[SHARED_ATTRIBUTE] ?? "", token };
    }
    if (!(await waitFor(writer, REREAD_PAUSE_MS, reply))) return null;
  }
}

function patch(path: string, body: unknown): Sent {
  return { method: "PATCH", path, query: "", headers: {}, body };
}

function withMark(notes: string, mark: string): Readonly<Record<string, string>> {
  return { [SHARED_ATTRIBUTE]: notes === "" ? mark : `${notes} ${mark}` };
}

/** What a writer of this mark sends, having seen these notes; a token is no part of it yet. */
function writeOf(mark: string, notes: string, through: ChangeManner["through"]): Sent {
  if (through === "own") return patch(ATTRIBUTES_PATH, { attributes: { [mark]: OWN_VALUE } });
  const attributes = withMark(notes, mark);
  if (through === "shared") return patch(ATTRIBUTES_PATH, { attributes });
  return patch(CONVERSATION_PATH, { participants: [{ id: PARTICIPANT, attributes }] });
}

async function changeNow(writer: Writer, manner: ChangeManner, place: TokenPlace): Promise<boolean> {
  let seen = manner.through === "own" ? UNREAD : await read(writer, place);
  for (let attempt = 1; seen !== null; attempt++) {
    // The answer to an earlier attempt was lost, and the change is there.
    if (holdsMark(seen.notes, writer.mark)) return true;
    const write = writeOf(writer.mark, seen.notes, manner.through);
    const reply = await writer.send(seen.token === null ? write : place.place(write, seen.token));
    if (isSuccess(reply)) return true;
    if (!(await waitFor(writer, pauseMs(manner.pausing, attempt, writer.random), reply))) return false;
    if (manner.rereads) seen = await read(writer, place);
  }
  return false;
}

/** Makes a writer's change in a manner. True: it was told, or saw, that its change was made. */
export async function change(
  writer: Writer,
  manner: ChangeManner,
  { policy, turns }: ChangeRun,
): Promise<boolean> {
  const place =
    manner.through === "conversation" ? tokenPlaceOf(policy, "PATCH", CONVERSATION_PATH) : NO_TOKEN;
  if (!manner.takesTurns) return changeNow(writer, manner, place);
  return turns.inTurn(async () => writer.nowMs() < writer.deadlineAt && changeNow(writer, manner, place));
}
