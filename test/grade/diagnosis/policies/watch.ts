import type { Policy } from "../../../../src/policy/policy.js";

/** A policy, and what was looked at in it so far: paths with dots, such as `idempotency.mismatch.status`. */
export interface Watched {
  readonly watched: Policy;
  readonly looked: ReadonlySet<string>;
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("kind" in value);
}

/** Parts of a policy that are not looked at for what they say: routes hold dimensions of their own. */
const PASSED_ON: ReadonlySet<string> = new Set(["routes", "sources"]);

const ALWAYS_THERE: ReadonlySet<string> = new Set(["idempotency", "concurrency"]);

function proxyOf<T extends object>(target: T, path: string, looked: Set<string>): T {
  const parts = new Map<string | symbol, unknown>();
  return new Proxy(target, {
    get: (of, name) => {
      const value: unknown = Reflect.get(of, name);
      if (typeof name === "symbol" || PASSED_ON.has(name)) return value;
      const at = path === "" ? name : `${path}.${name}`;
      if (!isMap(value)) {
        looked.add(at);
        return value;
      }
      // That there is such a thing at all says something where there may be none.
      if (path === "" && !ALWAYS_THERE.has(name)) looked.add(at);
      const part = parts.get(name) ?? proxyOf(value, at, looked);
      parts.set(name, part);
      return part;
    },
  });
}

/** A policy that notes what is looked at. It says the same as the policy that it is made of. */
export function watch(policy: Policy): Watched {
  const looked = new Set<string>();
  return { watched: proxyOf(policy, "", looked), looked };
}
