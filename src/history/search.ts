import { NONE, type Register } from "./register.js";

/** How a search ended. `unknown`: out of steps. */
export type SearchResult = "held" | "violated" | "unknown";

/** State of the register: the number of a version, or (from -2 down) one that nobody told: who made it. */
type State = number;

const stateOfNameless = (index: number): State => -2 - index;

/** One point of the search, with all that is harmless there done. */
interface Frame {
  /** How it was before this point was reached. */
  readonly before: { readonly length: number; readonly first: number; readonly state: State };
  readonly length: number;
  readonly first: number;
  readonly state: State;
  readonly choices: readonly number[];
  tried: number;
}

interface Problem {
  readonly register: Register;
  /** Operations that must be placed, by their calls. */
  readonly required: readonly number[];
  /** Writes of unknown outcome, by their calls: each may be placed or not. */
  readonly optional: readonly number[];
  readonly initial: State;
  /** Versions that somebody needed and that nobody is known to have written: an untold one may be any of them. */
  readonly strangers: ReadonlySet<number>;
}

function constrains(register: Register, index: number): boolean {
  const operation = register.operations[index];
  if (operation === undefined || operation.ok === null) return false;
  if (operation.kind === "read") return operation.ok && register.made[index] !== NONE;
  if (operation.ok) return true;
  return register.saw[index] !== NONE || register.expected[index] !== NONE;
}

/** The version that an operation needs to be current; {@link NONE} where it needs none. */
function neededBy(register: Register, index: number): number {
  const operation = register.operations[index];
  if (operation?.kind === "read") return register.made[index] ?? NONE;
  if (operation?.ok === false) return register.saw[index] ?? NONE;
  return operation?.kind === "cas" ? (register.expected[index] ?? NONE) : NONE;
}

function strangersOf(register: Register, placeable: readonly number[]): ReadonlySet<number> {
  const strangers = new Set(placeable.map((index) => neededBy(register, index)));
  for (const index of placeable)
    if (register.operations[index]?.kind !== "read") strangers.delete(register.made[index] ?? NONE);
  strangers.delete(register.initial);
  strangers.delete(NONE);
  return strangers;
}

function toProblem(register: Register): Problem {
  const byCall = (a: number, b: number): number => (register.call[a] ?? 0) - (register.call[b] ?? 0);
  const all = register.operations.map((_, index) => index);
  const required = all.filter((index) => constrains(register, index)).sort(byCall);
  const optional = all
    .filter((index) => register.operations[index]?.ok === null && register.operations[index]?.kind !== "read")
    .sort(byCall);
  return {
    register,
    required,
    optional,
    // Which version was there before everything is a guess unless it was given: then it is as untold as any.
    initial: register.initial === NONE ? stateOfNameless(all.length) : register.initial,
    strangers: strangersOf(register, [...required, ...optional]),
  };
}

/** What an operation makes of a state; null: it cannot come there. */
function apply(register: Register, index: number, state: State): State | null {
  const operation = register.operations[index];
  if (operation === undefined) return null;
  const made = register.made[index] ?? NONE;
  const expected = register.expected[index] ?? NONE;
  const saw = register.saw[index] ?? NONE;
  if (operation.kind === "read") return made === state ? state : null;
  if (operation.ok === false) {
    if (saw !== NONE && saw !== state) return null;
    return operation.kind === "cas" && expected === state ? null : state;
  }
  if (operation.kind === "cas" && expected !== NONE && expected !== state) return null;
  return made === NONE ? stateOfNameless(index) : made;
}

/** The search of Wing and Gong with Lowe's memory of what was tried, on an explicit stack. */
class Search {
  readonly #problem: Problem;
  readonly #done: Uint8Array;
  readonly #trail: number[] = [];
  readonly #seen = new Set<string>();
  /** Versions of unknown origin that a write without a version has turned out to have made. */
  readonly #told = new Set<number>();
  #state: State;
  /** Place of the first required operation that is not done. */
  #first = 0;
  #left: number;

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#done = new Uint8Array(problem.register.operations.length);
    this.#state = problem.initial;
    this.#left = problem.required.length;
  }

  /** Operations that may come next: sent before any that has not come yet was answered. */
  #open(): { readonly required: readonly number[]; readonly untilMs: number } {
    const { register, required } = this.#problem;
    while (this.#first < required.length && this.#done[required[this.#first] ?? NONE] === 1) this.#first += 1;
    const open: number[] = [];
    let untilMs = Number.POSITIVE_INFINITY;
    for (let at = this.#first; at < required.length; at++) {
      const index = required[at] ?? NONE;
      if ((register.call[index] ?? 0) > untilMs) break;
      if (this.#done[index] === 1) continue;
      untilMs = Math.min(untilMs, register.ret[index] ?? untilMs);
      open.push(index);
    }
    return { required: open.filter((index) => (register.call[index] ?? 0) <= untilMs), untilMs };
  }

  #isRequired(index: number): boolean {
    return this.#problem.register.operations[index]?.ok !== null;
  }

  /** True where the current state is untold and may turn out to be this version, if no refusal speaks against it. */
  #mayBe(version: number): boolean {
    return this.#state < NONE && this.#problem.strangers.has(version) && !this.#told.has(version);
  }

  /** Versions that were refused since the current, untold state came: it is none of them. */
  #refusedSince(): ReadonlySet<number> {
    const { register } = this.#problem;
    const refused = new Set<number>();
    const isUntold = this.#state < NONE;
    for (let at = this.#trail.length - 1; isUntold && at >= 0; at--) {
      const index = this.#trail[at] ?? NONE;
      if (stateOfNameless(index) === this.#state) break;
      const expected = register.expected[index] ?? NONE;
      if (register.operations[index]?.ok === false && this.#mayBe(expected)) refused.add(expected);
    }
    return refused;
  }

  /** The state as the operation needs it: a write whose version nobody told may have made the one that it names. */
  #seenBy(index: number): State {
    const needed = neededBy(this.#problem.register, index);
    return this.#mayBe(needed) && !this.#refusedSince().has(needed) ? needed : this.#state;
  }

  /** True where the operation settles what an untold state is, or is not: a choice, however little it changes. */
  #settles(index: number): boolean {
    const { register } = this.#problem;
    const expected = register.operations[index]?.ok === false ? (register.expected[index] ?? NONE) : NONE;
    return (
      this.#seenBy(index) !== this.#state || (this.#mayBe(expected) && !this.#refusedSince().has(expected))
    );
  }

  #place(index: number, state: State): void {
    const seen = this.#seenBy(index);
    if (seen !== this.#state) {
      this.#told.add(seen);
      this.#trail.push(-2 - seen);
    }
    this.#done[index] = 1;
    this.#trail.push(index);
    this.#state = state;
    if (this.#isRequired(index)) this.#left -= 1;
  }

  #undo(length: number, frame: Pick<Frame, "first" | "state">): void {
    while (this.#trail.length > length) {
      const index = this.#trail.pop() ?? NONE;
      if (index < NONE) {
        this.#told.delete(-2 - index);
        continue;
      }
      this.#done[index] = 0;
      if (this.#isRequired(index)) this.#left += 1;
    }
    this.#first = frame.first;
    this.#state = frame.state;
  }

  /** A legal operation that changes nothing may come at once: moving it forward leaves every continuation as it was. */
  #placeHarmless(): void {
    const { register } = this.#problem;
    for (let placed = true; placed; ) {
      placed = false;
      for (const index of this.#open().required) {
        const operation = register.operations[index];
        if (operation === undefined || (operation.kind !== "read" && operation.ok !== false)) continue;
        if (this.#settles(index) || apply(register, index, this.#state) === null) continue;
        this.#place(index, this.#state);
        placed = true;
      }
    }
  }

  /** What is done and where that led to: the same again leads nowhere else. */
  #name(): string {
    const { required, optional } = this.#problem;
    let beyond = 0;
    let name = `${this.#state}:${this.#first}`;
    const doneRequired = required.length - this.#left;
    for (let at = this.#first; at < required.length && this.#first + beyond < doneRequired; at++) {
      if (this.#done[required[at] ?? NONE] !== 1) continue;
      name += `,${at}`;
      beyond += 1;
    }
    for (const index of optional) if (this.#done[index] === 1) name += `;${index}`;
    for (const version of this.#told) name += `!${version}`;
    for (const version of [...this.#refusedSince()].sort()) name += `?${version}`;
    return name;
  }

  /** Goes on from here; null where that was tried before. */
  #enter(before: Pick<Frame, "first" | "state"> & { readonly length: number }): Frame | null {
    this.#placeHarmless();
    const { required, untilMs } = this.#open();
    const name = this.#name();
    if (this.#seen.has(name)) {
      this.#undo(before.length, before);
      return null;
    }
    this.#seen.add(name);
    const { register, optional } = this.#problem;
    const free = optional.filter(
      (index) => this.#done[index] === 0 && (register.call[index] ?? 0) <= untilMs,
    );
    const choices = [...required, ...free].filter(
      (index) => apply(register, index, this.#seenBy(index)) !== null,
    );
    return { before, length: this.#trail.length, first: this.#first, state: this.#state, choices, tried: 0 };
  }

  run(steps: number): SearchResult {
    const stack: Frame[] = [];
    const start = this.#enter({ first: 0, state: this.#state, length: 0 });
    if (start !== null) stack.push(start);
    for (let step = 0; step < steps; step++) {
      if (this.#left === 0) return "held";
      const frame = stack.at(-1);
      if (frame === undefined) return "violated";
      const choice = frame.choices[frame.tried];
      if (choice === undefined) {
        stack.pop();
        this.#undo(frame.before.length, frame.before);
        continue;
      }
      frame.tried += 1;
      const state = apply(this.#problem.register, choice, this.#seenBy(choice));
      if (state === null) continue;
      const before = { first: frame.first, state: frame.state, length: frame.length };
      this.#place(choice, state);
      const next = this.#enter(before);
      if (next !== null) stack.push(next);
    }
    return "unknown";
  }
}

/** Looks for an order of the operations by trying. Exact where it ends in time. Pure. */
export function searchOrder(register: Register, steps: number): SearchResult {
  return new Search(toProblem(register)).run(steps);
}
