import type { Tally } from "../book.js";
import {
  type Case,
  type Finding,
  fitting,
  impossible,
  type RefusalRule,
  shows,
  statusWeight,
} from "../refusal.js";

const STATUS: Readonly<Record<number, number>> = {
  428: 8,
  400: 1,
  409: 1,
  412: 1,
  422: -1,
  404: -6,
  423: -6,
  417: -6,
  425: -6,
};

/** Tokens are what tells the changes that this server takes from those that it refuses. */
function tokensDecide({ conditional, unconditional }: Tally): boolean {
  return conditional.accepted > 0 && unconditional.accepted === 0;
}

/** No change without a token was taken, and what makes new things was: that needs none. */
function onlyCreationPasses({ refused, book }: Case): boolean {
  const { accepted, refused: count } = book.tally.unconditional;
  return (
    accepted === 0 &&
    count > 1 &&
    book.around(refused).some(({ method, ending }) => method === "POST" && ending === "accepted")
  );
}

/** A server that wants tokens gives them out. */
const UNSHOWN = 2;

function showsTokens({ refused, book }: Case): boolean {
  return book.around(refused).some(({ shown }) => shown.length > 0);
}

function judge(of: Case): Finding {
  const { refused, near, book } = of;
  if (!refused.writes) return impossible(`${refused.id} is a read`);
  if (refused.sent.length > 0)
    return impossible(`${refused.id} carries ${refused.sent[0]?.name ?? "a token"}`);
  const conditional = near.find(
    (each) => each.sent.length > 0 && each.ending === "accepted" && each.operation === refused.operation,
  );
  const offered = near.find((each) => each.shown.length > 0 && each.resource === refused.resource);
  const creates = refused.method === "POST" ? -6 : 1;
  return fitting(
    creates +
      (tokensDecide(book.tally) ? 2 : onlyCreationPasses(of) ? 1 : 0) +
      (conditional === undefined ? 0 : 4) +
      (offered === undefined ? 0 : 1) -
      (showsTokens(of) ? 0 : UNSHOWN) +
      statusWeight(refused.status, STATUS),
    shows(refused, "neither If-Match nor a version was sent"),
    conditional === undefined ? null : shows(conditional, "the same operation with a token was accepted"),
  );
}

/** The server demands a token and none came. */
export const preconditionMissing: RefusalRule = {
  factors: ["token", "operation"],
  holds: "anytime",
  spoken: {
    codes: /precondition[._-]required|missing[._-](?:version|value|rev)/,
    prose:
      /which version|(?:must|required).*(?:if-match|version)|(?:if-match|version).*(?:must|required|missing)|document update conflict/,
  },
  catchAll: ["syntax"],
  judge,
  explain: ({ refused }) =>
    `${refused.id} does not say which state of ${refused.resource} it is for, and this server wants that.`,
};
