import { isConfirming } from "../../journal/confirming.js";
import { differences } from "../controls.js";
import type { ExperimentStep } from "../diagnose.js";
import { again, withoutToken } from "../experiment-steps.js";
import type { Case } from "../refusal.js";
import type { Seen } from "../seen.js";
import { dependsOn, isChangeTried, readPath, type Split } from "./split.js";

/** How the request carries the token that was read: as it carried its own. */
function freshToken({ sent }: Seen): Pick<ExperimentStep, "ifMatch" | "jsonFrom"> & {
  readonly capture: Readonly<Record<string, string>>;
} {
  const member = sent.find(({ carrier }) => carrier === "body");
  const isTag = member === undefined || sent.some(({ carrier }) => carrier === "if-match");
  return {
    capture: {
      ...(isTag ? { etag: "header ETag" } : {}),
      ...(member === undefined ? {} : { version: `$['${member.name}']` }),
    },
    ...(isTag ? { ifMatch: "$(read.etag)" } : {}),
    ...(member === undefined ? {} : { jsonFrom: { [member.name]: "$(read.version)" } }),
  };
}

/** True where what was read to confirm has no token to send. */
function showsNone({ refused, book }: Case, request: string): boolean {
  return book
    .sameResource(refused)
    .some(
      (each) =>
        each.method === "GET" &&
        isConfirming(each.exchange) &&
        each.startMs >= refused.endMs &&
        `GET ${each.path}${each.query}` === request &&
        each.shown.length === 0,
    );
}

/** A token that is for something else, or of no use: without it the request may pass. */
export function tokenlessSplit(of: Case): readonly Split[] {
  const { refused, near } = of;
  if (refused.sent.length === 0) return [];
  return [
    {
      what: `send ${refused.id} again without its token`,
      outcome: "2xx",
      steps: [withoutToken(refused)],
      points: (cause) => cause !== "precondition-missing" && dependsOn("token")(cause),
      isTried: near.some(
        (each) =>
          each.startMs >= refused.endMs &&
          each.sent.length === 0 &&
          [...differences(each, refused)].every((factor) => factor === "token"),
      ),
    },
  ];
}

/** With the token that is current now. */
export function tokenSplit(of: Case): Split {
  const { refused } = of;
  const { capture, ...token } = freshToken(refused);
  const read: ExperimentStep = { id: "read", request: `GET ${readPath(of)}`, capture };
  return {
    what: `read, then send ${refused.id} again with the token that was read`,
    outcome: "2xx",
    steps: [read, again(refused, token)],
    // Without a token of its own it cannot have been outdated.
    points: refused.sent.length === 0 ? (cause) => cause === "precondition-missing" : dependsOn("token"),
    isTried: isChangeTried(of, "token") || showsNone(of, read.request),
  };
}
