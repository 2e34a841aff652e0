import { isDeepStrictEqual } from "node:util";
import type fc from "fast-check";
import { parsePolicy } from "../../../../src/policy/read-policy.js";
import { type Draft, resolveDraft, type Twist, twisted } from "../generate/drafts.js";
import { policyText } from "../generate/policy-text.js";
import { type Model, type Prediction, UNCLEAR, type Unclear } from "../spec/model.js";
import { predictWrite } from "../spec/passage.js";
import { predictRead } from "../spec/reads.js";
import { THINGS } from "../spec/rules.js";
import { describeSent, type Sent } from "../spec/sent.js";
import { judge } from "./judge.js";
import type { Real } from "./real.js";

/** The mock does not do what the specification says: the policy, all that was sent, and what is wrong at its end. */
class Disagreement extends Error {
  override readonly name = "Disagreement";

  constructor({ policy, transcript }: Readonly<Model>, problems: readonly string[]) {
    super([policyText(policy), ...transcript, ...problems].join("\n  "));
  }
}

type Command = fc.AsyncCommand<Model, Real>;

function predict(model: Model, sent: Sent): Prediction | Unclear {
  return sent.method === "GET" ? predictRead(model, sent) : predictWrite(model, sent);
}

/** Sends what `choose` finds in the model, unless the documents leave open what must come of it. */
abstract class Sending implements Command {
  abstract choose(model: Model): Sent | null;

  check(model: Readonly<Model>): boolean {
    const sent = this.choose(model);
    return sent !== null && predict(model, sent) !== UNCLEAR;
  }

  async run(model: Model, real: Real): Promise<void> {
    const sent = this.choose(model);
    const prediction = sent === null ? UNCLEAR : predict(model, sent);
    if (sent === null || prediction === UNCLEAR) return;
    const at = model.nowMs;
    const seen = await real.send(sent);
    const etag = seen.headers.etag === undefined ? "" : ` ETag ${seen.headers.etag}`;
    model.transcript.push(`${at} ms: ${describeSent(sent)} -> ${seen.status}${etag} ${seen.text}`);
    const problems = judge(prediction.expected, seen, real.last());
    if (problems.length > 0) throw new Disagreement(model, problems);
    prediction.settle(seen);
    model.nowMs = real.clock.nowMs();
  }

  abstract toString(): string;
}

/** Sends what a draft means now. */
export class Send extends Sending {
  readonly draft: Draft;

  constructor(draft: Draft) {
    super();
    this.draft = draft;
  }

  override choose(model: Model): Sent | null {
    return resolveDraft(model, this.draft);
  }

  override toString(): string {
    return JSON.stringify(this.draft);
  }
}

/** Sends again what carried a key, with one thing changed. */
export class Again extends Sending {
  readonly back: number;
  readonly twist: Twist;

  constructor(back: number, twist: Twist) {
    super();
    this.back = back;
    this.twist = twist;
  }

  override choose(model: Model): Sent | null {
    const keyed = model.sent.filter(({ key }) => key !== null);
    const sent = keyed.at(-1 - (this.back % Math.max(1, keyed.length)));
    return sent === undefined ? null : twisted(sent, this.twist);
  }

  override toString(): string {
    return `again ${this.back} ${JSON.stringify(this.twist)}`;
  }
}

const READ: Omit<Sent, "path"> = {
  method: "GET",
  query: [],
  headers: {},
  body: null,
  principal: null,
  auth: "valid",
  key: null,
  ifMatch: null,
  bodyToken: null,
  queryToken: null,
  createOnly: false,
};

/** Reads a path. */
export class Read extends Sending {
  readonly path: string;

  constructor(path: string) {
    super();
    this.path = path;
  }

  override choose(): Sent {
    return { ...READ, path: this.path };
  }

  override toString(): string {
    return `GET ${this.path}`;
  }
}

/** Waits, as a part of what the policy calls its own times. */
export class Wait implements Command {
  readonly of: "ttl" | "lag" | "minute" | "second";
  readonly share: "half" | "nearly" | "exactly" | "more";

  constructor(of: Wait["of"], share: Wait["share"]) {
    this.of = of;
    this.share = share;
  }

  durationMs({ policy }: Readonly<Model>): number {
    const wholeMs = {
      ttl: policy.idempotency.ttlMs ?? 86_400_000,
      lag: policy.concurrency.readLagMs,
      minute: 60_000,
      second: 1_000,
    }[this.of];
    return { half: Math.floor(wholeMs / 2), nearly: wholeMs - 1, exactly: wholeMs, more: wholeMs + 1 }[
      this.share
    ];
  }

  check(model: Readonly<Model>): boolean {
    return this.durationMs(model) > 0;
  }

  async run(model: Model, real: Real): Promise<void> {
    await real.clock.advance(this.durationMs(model));
    model.nowMs = real.clock.nowMs();
  }

  toString(): string {
    return `wait ${this.share} a ${this.of}`;
  }
}

/** What is there at the end, whatever was told in between. */
export async function judgeEnd(model: Model, real: Real): Promise<void> {
  await real.clock.advance(model.policy.concurrency.readLagMs);
  await real.mock.setPolicy(parsePolicy("extends: none"));
  const things = await real.send({ ...READ, path: THINGS });
  const { entities } = things.json as { entities: readonly { readonly id: string }[] };
  const wanted = [...model.things].flatMap(([id, states]) => {
    const content = states.at(-1)?.content;
    return content == null ? [] : [{ ...content, id }];
  });
  const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
  const executions = await real.send({ ...READ, path: "/api/v2/mock/executions" });
  const found = { things: entities.toSorted(byId), executions: executions.json.total };
  const expected = { things: wanted.toSorted(byId), executions: model.executions.length };
  if (isDeepStrictEqual(found, expected)) return;
  const told = `at the end expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`;
  throw new Disagreement(model, [told]);
}
