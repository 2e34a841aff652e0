import type { Control } from "../controls.js";
import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";
import { freedBy, mayBeFreed } from "./freed.js";

const STATUS: Readonly<Record<number, number>> = {
  409: 4,
  400: 1,
  422: 2,
  412: -2,
  423: 0,
  417: -5,
  425: -5,
};

/** What passed may have passed because what referred to it was gone by then. */
function isFreed(of: Case, { seen }: Pick<Control, "seen">): boolean {
  const isSame = seen.method === "DELETE" && seen.path === of.refused.path;
  return isSame && mayBeFreed(of, seen, ({ path }) => path !== of.refused.path);
}

function judge(of: Case): Finding {
  const { refused, near, book } = of;
  if (refused.method !== "DELETE") return impossible(`${refused.id} deletes nothing`);
  const id = decodeURIComponent(refused.path.split("/").at(-1) ?? "");
  // What refers to a thing lies mostly elsewhere: among its members, or in another thing.
  const refers = [...near, ...book.around(refused)].find(
    (each) =>
      each.ending === "accepted" &&
      (each.exchange.request.body.includes(`"${id}"`) || each.path.startsWith(`${refused.path}/`)),
  );
  const freed = freedBy(of).by;
  const passed = of.controls.find((each) => each.after && isFreed(of, each))?.seen;
  return fitting(
    1 +
      (freed === null && passed === undefined ? 0 : 5) +
      (refers === undefined ? 0 : 4) +
      statusWeight(refused.status, STATUS),
    freed === null ? null : shows(freed, "after this the same delete was accepted"),
    passed === undefined || freed !== null
      ? null
      : shows(passed, "was accepted once something else had been written"),
    refers === undefined ? null : shows(refers, "speaks of something that refers to it"),
  );
}

/** A delete of what others still refer to. */
export const referencedEntity: RefusalRule = {
  factors: ["resource", "operation"],
  holds: "enclosed",
  allows: isFreed,
  spoken: {
    codes: /referenced|in[._-]use|dependen/,
    prose: /referenc|still in use|depend|has members|while/,
  },
  catchAll: ["state"],
  judge,
  explain: ({ refused }) =>
    `${refused.resource} is still referred to by something, so the server does not delete it.`,
};
