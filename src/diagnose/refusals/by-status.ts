import type { Factor } from "../controls.js";
import { type Case, type Finding, fitting, impossible, type RefusalRule, shows } from "../refusal.js";
import type { Seen } from "../seen.js";
import { type Spoken, speaks } from "../words.js";

/** The three statuses that HTTP keeps for one purpose each: who asks, may he, does he ask too often. */
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const TOO_MANY = 429;

function only(status: number, refused: Seen): Finding | null {
  // A refusal that is told in a 2xx has no status of its own: its words have to do.
  if (refused.status !== null && refused.status < 300) return null;
  return refused.status === status
    ? null
    : impossible(`${refused.id} was answered ${refused.status ?? "nothing"}, not ${status}`);
}

const UNLIKELY = -2;
const EXPIRED: Spoken = { codes: /expired|token[._-]expired/, prose: /expired/ };
/** Who says that a token has expired knows it. */
const SAYS_EXPIRED_WEIGHT = -4;

function toldIn200({ status }: Seen): number | null {
  return status !== null && status < 300 ? UNLIKELY : null;
}

function acceptedBefore({ refused, book }: Case): Seen | undefined {
  return book
    .samePrincipal(refused)
    .find(
      (each) =>
        each.index < refused.index &&
        each.status !== null &&
        each.status !== UNAUTHORIZED &&
        each.principal !== "",
    );
}

function judgeExpired(of: Case): Finding {
  const wrong = only(UNAUTHORIZED, of.refused);
  if (wrong !== null) return wrong;
  const before = acceptedBefore(of);
  if (of.refused.principal === "") return impossible(`${of.refused.id} carries no credentials`);
  return fitting(
    toldIn200(of.refused) ?? (before === undefined ? 3 : 9),
    before === undefined ? null : shows(before, "the same credentials were let through before"),
  );
}

function judgeInvalid(of: Case): Finding {
  const wrong = only(UNAUTHORIZED, of.refused);
  if (wrong !== null) return wrong;
  const before = acceptedBefore(of);
  if (before !== undefined) return impossible(`${before.id} was let through with the same credentials`);
  return fitting(
    (toldIn200(of.refused) ?? 5) + (speaks(EXPIRED, of.refused.words) ? SAYS_EXPIRED_WEIGHT : 0),
    of.refused.principal === "" ? shows(of.refused, "no credentials were sent") : null,
  );
}

const BOTH: readonly Factor[] = ["principal"];

/** The token's life is over. */
export const tokenExpired: RefusalRule = {
  factors: BOTH,
  holds: "after",
  spoken: EXPIRED,
  judge: judgeExpired,
  explain: ({ refused }) => `The access token of ${refused.id} is past its life.`,
};

/** The server does not know the token, or none was sent. */
export const tokenInvalid: RefusalRule = {
  factors: BOTH,
  holds: "anytime",
  spoken: {
    codes: /bad[._-]credentials|authentication[._-]required|invalid[._-]client/,
    prose: /invalid login|no authentication|authentication failed/,
  },
  judge: judgeInvalid,
  explain: ({ refused }) => `The server does not accept the credentials of ${refused.id}.`,
};

const NOT_A_USER = /\bnot[._-]a[._-]user\b/;

/** True where the answer says that a program's own token will not do here. Pure. */
export function needsUser({ words }: Seen): boolean {
  return words !== null && NOT_A_USER.test(words.codes);
}

function judgePermission({ refused }: Case): Finding {
  if (needsUser(refused)) return fitting(9, shows(refused, "the answer says not.a.user"));
  return (
    only(FORBIDDEN, refused) ??
    fitting(toldIn200(refused) ?? 9, shows(refused, "the server knows who asks and says no"))
  );
}

/** The documented answer to a missing permission. */
export const permissionMissing: RefusalRule = {
  factors: ["principal", "operation"],
  holds: "anytime",
  spoken: {
    codes: /missing[._-](?:any[._-])?permissions?|not[._-]authorized|forbidden|not[._-]a[._-]user/,
    prose: /permission|not authorized|forbidden/,
  },
  judge: judgePermission,
  explain: ({ refused }) =>
    needsUser(refused)
      ? `The operation of ${refused.id} acts for a user, and its token is a program's own, of client credentials.`
      : `The principal of ${refused.id} lacks a permission or scope that the operation needs.`,
  remedy: ({ refused }) =>
    needsUser(refused)
      ? "Call it with a user's token (authorization code or PKCE), or use an operation that takes client credentials; no role of the client changes this."
      : null,
};

/** Too many requests. */
export const rateLimited: RefusalRule = {
  factors: ["principal"],
  holds: "enclosed",
  spoken: { codes: /too[._-]many|rate[._-]limit|throttl/, prose: /rate limit|too many requests/ },
  judge: ({ refused }) =>
    only(TOO_MANY, refused) ??
    fitting(
      toldIn200(refused) ?? 9,
      shows(refused, refused.words?.retryAfter === true ? "429 with Retry-After" : "429 without Retry-After"),
    ),
  explain: ({ refused }) => `The server counted too many requests of this token when ${refused.id} came.`,
};
