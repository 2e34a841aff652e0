import fc from "fast-check";
import type { Operation } from "../../src/history/history.js";

interface Drawn {
  readonly kind: Operation["kind"];
  readonly before: number;
  readonly after: number;
  readonly gap: number;
  readonly lost: boolean;
  readonly happened: boolean;
  readonly tells: boolean;
  readonly named: boolean;
  readonly back: number;
}

function drawn(blind: boolean): fc.Arbitrary<Drawn> {
  return fc.record({
    kind: fc.constantFrom<Operation["kind"]>("read", "cas", "cas", ...(blind ? (["write"] as const) : [])),
    before: fc.integer({ min: 0, max: 9 }),
    after: fc.integer({ min: 0, max: 9 }),
    gap: fc.integer({ min: 0, max: 4 }),
    lost: fc.boolean().map((lost) => lost),
    happened: fc.boolean(),
    tells: fc.boolean(),
    named: fc.boolean(),
    back: fc.integer({ min: 0, max: 3 }),
  });
}

/** Plays the operations on a register, each at an instant between its call and its return. */
function simulate(list: readonly Drawn[], lostOneIn: number): readonly Operation[] {
  const versions: number[] = [0];
  let nowMs = 10;
  return list.map((each, index): Operation => {
    nowMs += each.gap;
    const current = versions.at(-1) ?? 0;
    const unknown = each.lost && (index + each.before) % lostOneIn === 0;
    const base = { id: `o${index}`, process: index % 3, call: nowMs - each.before, ret: nowMs + each.after };
    if (each.kind === "read") return { ...base, kind: "read", ok: true, version: current };
    const expected = versions.at(-1 - each.back) ?? current;
    const legal = each.kind === "write" || expected === current;
    const conditional = each.kind === "cas" ? { expected } : {};
    if (unknown) {
      if (legal && each.happened) versions.push(index + 1);
      const version = each.named ? { version: index + 1 } : {};
      return { ...base, ret: null, kind: each.kind, ok: null, ...conditional, ...version };
    }
    if (!legal)
      return { ...base, kind: "cas", ok: false, ...conditional, ...(each.tells ? { saw: current } : {}) };
    versions.push(index + 1);
    return { ...base, kind: each.kind, ok: true, ...conditional, version: index + 1 };
  });
}

/** Shifts one operation, or changes a version of one. */
function mutate(
  operations: readonly Operation[],
  how: { readonly at: number; readonly by: number; readonly what: number },
): readonly Operation[] {
  return operations.map((each, index) => {
    if (index !== how.at % operations.length) return each;
    const moved = { ...each, call: each.call + how.by, ret: each.ret === null ? null : each.ret + how.by };
    if (how.what === 0) return moved;
    if (how.what === 1 && each.kind === "read") return { ...each, version: Math.abs(how.by) % 8 };
    if (how.what === 2 && each.expected !== undefined) return { ...each, expected: Math.abs(how.by) % 8 };
    if (how.what === 3 && each.saw !== undefined) return { ...each, saw: Math.abs(how.by) % 8 };
    return moved;
  });
}

/** Histories of a register that is in order, and such with one fault or two. */
export function histories(of: {
  readonly blind: boolean;
  readonly length: number;
}): fc.Arbitrary<readonly Operation[]> {
  const played = fc
    .array(drawn(of.blind), { minLength: 1, maxLength: of.length })
    .map((list) => simulate(list, 3));
  const fault = fc.record({ at: fc.nat(20), by: fc.integer({ min: -15, max: 15 }), what: fc.nat(3) });
  return fc
    .tuple(played, fc.array(fault, { maxLength: 2 }))
    .map(([operations, faults]) => faults.reduce(mutate, operations));
}

const drawnFreely = fc.record({
  kind: fc.constantFrom<Operation["kind"]>("read", "write", "cas", "cas"),
  outcome: fc.constantFrom("done", "done", "refused", "lost"),
  call: fc.nat(12),
  lasts: fc.nat(6),
  met: fc.nat(4),
  saw: fc.option(fc.nat(4), { nil: undefined, freq: 2 }),
  named: fc.boolean(),
});

/** Operations that met whatever versions, among them such as nobody told: only the versions made are distinct. */
export function anyHistories(maxLength: number): fc.Arbitrary<readonly Operation[]> {
  return fc.array(drawnFreely, { minLength: 1, maxLength }).map((list) =>
    list.map(({ kind, outcome, call, lasts, met, saw, named }, index): Operation => {
      const base = { id: `o${index}`, process: index, call, ret: call + lasts };
      if (kind === "read") return { ...base, kind, ok: true, version: met };
      if (outcome === "refused")
        return { ...base, kind: "cas", ok: false, expected: met, ...(saw === undefined ? {} : { saw }) };
      const tokens = {
        ...(kind === "cas" ? { expected: met } : {}),
        ...(named ? { version: index + 1 } : {}),
      };
      if (outcome === "lost") return { ...base, ret: null, kind, ok: null, ...tokens };
      return { ...base, kind, ok: true, ...tokens };
    }),
  );
}
