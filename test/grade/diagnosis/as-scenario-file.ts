import type { Happened } from "./drive/happened.js";
import type { Act, Scenario } from "./scenario.js";
import { WORLD } from "./scenes/places.js";

/** The world in the words of a scenario file. */
function worldFile(): unknown {
  const principals = Object.entries(WORLD.principals).map(([name, { account, scopes, tokenLifeMs }]) => [
    name,
    { account, tokenLife: `${tokenLifeMs}ms`, ...(scopes === null ? {} : { scopes }) },
  ]);
  return { ...WORLD, principals: Object.fromEntries(principals) as unknown };
}

function step({ send, target, headers, body }: Happened): unknown {
  const key = headers.find(([name]) => name === send.keyHeader);
  const others = headers.filter((header) => header !== key);
  return {
    id: send.id,
    request: `${send.method} ${target}`,
    headers: {
      ...(body === null ? {} : { "Content-Type": "application/json" }),
      ...Object.fromEntries(others),
    },
    ...(key === undefined ? {} : { idempotencyKey: { value: key[1], header: key[0], syntax: "bare" } }),
    ...(body === null ? {} : { text: body }),
    ...(send.principal === null ? {} : { as: send.principal }),
    ...(send.auth === "valid" ? {} : { auth: send.auth }),
  };
}

/** True for a scenario whose requests follow one another, all of them waited for. Pure. */
export function isSequential({ acts }: Scenario): boolean {
  return acts.every((act) => act.kind === "wait" || (act.kind === "send" && act.send.hangUpAfterMs === null));
}

/**
 * The scenario file that sends what was sent, word for word: every value that a request took from an answer is written
 * out, since equal seeds give equal ids and tokens. JSON, which is YAML too. Pure.
 */
export function asScenarioFile(
  { acts }: { readonly acts: readonly Act[] },
  happened: readonly Happened[],
): string {
  const steps = acts.map((act) => {
    if (act.kind === "wait") return { wait: `${act.durationMs}ms` };
    const sent = happened.find(({ send }) => act.kind === "send" && send.id === act.send.id);
    if (sent === undefined) throw new Error("only what was sent one after the other can be written down");
    return step(sent);
  });
  return JSON.stringify({ name: "as driven", world: worldFile(), steps }, null, 1);
}
