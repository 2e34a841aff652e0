import { findOperation } from "./find-operation.js";
import type { DocumentedOperation } from "./platform.js";

/** What a write does to what is there, beyond its answer. */
export interface WriteEffect {
  /** Words that follow "this": `creates a callback; only ending it removes it`. */
  readonly says: string;
  /** True where the body's `attributes` are merged into those that are there. */
  readonly mergesAttributes: boolean;
}

function effect(says: string, mergesAttributes = false): WriteEffect {
  return { says, mergesAttributes };
}

/** By the end of `METHOD /path`. What is not listed is not known to be worth a word. */
const EFFECTS: readonly (readonly [operation: RegExp, WriteEffect])[] = [
  [/^PATCH .*\/participants\/\{\w+\}\/attributes$/, effect("no documented removal", true)],
  [
    /^PATCH .*\/participants\/\{\w+\}$/,
    effect("changes a participant's part in the conversation; no documented way back"),
  ],
  [
    /^PUT .*\/secureattributes$/,
    effect("replaces the secure attributes, if their version is still the same"),
  ],
  [
    /^POST .*\/conversations\/callbacks$/,
    effect("creates a callback; only ending it takes it off its queue"),
  ],
  [/^POST .*\/conversations\/calls$/, effect("places a call")],
  [
    /^POST .*\/actions\/\{\w+\}\/(execute|test)$/,
    effect("runs the action; what that does elsewhere cannot be taken back"),
  ],
  [/^POST .*\/evaluations$/, effect("creates an evaluation")],
  [/^DELETE /, effect("removes it")],
];

function nameOf({ method, path }: DocumentedOperation): string {
  return `${method} ${path}`;
}

/** What is known of a write to the platform; null for what is not the platform's, or not worth a word. Not tested by gcidem. Pure. */
export function writeEffect(method: string, url: string): WriteEffect | null {
  const match = findOperation(method, url);
  if (match.kind !== "documented") return null;
  return EFFECTS.find(([operation]) => operation.test(nameOf(match.operation)))?.[1] ?? null;
}
