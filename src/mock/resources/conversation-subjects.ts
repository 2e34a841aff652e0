import type { Call, Reader, StateSince, Subject } from "../operation.js";
import { type Conversation, findConversation, findParticipant, type Participant } from "../org.js";
import type { TokenHolder } from "../tokens.js";
import { conversationView, participantView } from "./conversation-views.js";

function contentOf(conversation: Conversation): string {
  return `${JSON.stringify(conversationView(conversation))} ${conversation.platformEvents}`;
}

/** Earlier readers see the whole conversation as it was; what it remembered itself is of no use to them. */
function remember(conversation: Conversation, untilMs: number): void {
  const { past } = conversation;
  conversation.past = [];
  const entity = structuredClone(conversation);
  conversation.past = [...past, { untilMs, entity }];
}

/** The conversation that a path names; null where there is none. */
export function conversationOf(call: Call): Conversation | null {
  return findConversation(call.org, call.params[0] ?? "", call.instant);
}

/** The participant that a path names, with its conversation; null where there is none. */
export function participantOf(
  call: Call,
): { readonly conversation: Conversation; readonly participant: Participant } | null {
  const conversation = conversationOf(call);
  if (conversation === null) return null;
  const participant = findParticipant(call.org, conversation, {
    id: call.params[1] ?? "",
    instant: call.instant,
  });
  return participant === null ? null : { conversation, participant };
}

/** The conversation as a reader sees it now: the oldest state whose time is not over (C8). */
export function seenByReader(conversation: Conversation, reader: Reader): Conversation {
  if (conversation.past.length === 0 || reader.seesAll) return conversation;
  conversation.past = conversation.past.filter((past) => past.untilMs > reader.instant.nowMs);
  const [oldest] = conversation.past;
  if (oldest === undefined) return conversation;
  reader.trails = true;
  return oldest.entity;
}

/** A conversation as the rules see it. */
export function conversationSubject(conversation: Conversation): Subject {
  return {
    noun: "conversation",
    versioned: conversation.versioned,
    content: () => contentOf(conversation),
    parent: () => null,
    states: () => [{ state: conversation.state, sinceMs: conversation.stateSinceMs }],
    remember: (untilMs) => remember(conversation, untilMs),
  };
}

/** A participant as the rules see it: locked by its own state and by its conversation's. A class: no closures per write. */
class ParticipantSubject implements Subject {
  readonly noun = "participant";
  readonly versioned: Subject["versioned"];
  readonly #conversation: Conversation;
  readonly #participant: Participant;

  constructor(conversation: Conversation, participant: Participant) {
    this.versioned = participant.versioned;
    this.#conversation = conversation;
    this.#participant = participant;
  }

  content(): string {
    return JSON.stringify(participantView(this.#participant));
  }

  parent(): TokenHolder {
    const conversation = this.#conversation;
    return { versioned: conversation.versioned, content: () => contentOf(conversation) };
  }

  states(): readonly StateSince[] {
    return [this.#conversation, this.#participant].map(({ state, stateSinceMs }) => ({
      state,
      sinceMs: stateSinceMs,
    }));
  }

  remember(untilMs: number): void {
    remember(this.#conversation, untilMs);
  }
}

/** A participant as the rules see it. */
export function participantSubject(conversation: Conversation, participant: Participant): Subject {
  return new ParticipantSubject(conversation, participant);
}

/** Secure attributes as the rules see them: a version of their own, the conversation's locks. */
export function secureSubject(conversation: Conversation): Subject {
  const { secure } = conversation;
  return {
    ...conversationSubject(conversation),
    versioned: secure.versioned,
    content: () => JSON.stringify(secure.attributes),
    parent: () => ({ versioned: conversation.versioned, content: () => contentOf(conversation) }),
  };
}
