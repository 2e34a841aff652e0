import { GcidemError } from "../../core/errors.js";
import type { AccessToken, LoginOptions, LoginWatch } from "./oauth.js";
import { requestToken } from "./request-token.js";
import type { TokenFile } from "./token-file.js";

/** The token of one login, kept for as long as it is good. Safe to be asked by many at once: they share one login. */
export interface TokenSource {
  /**
   * A token with life left; logs in where there is none, or none that lasts. Where a renewal fails it goes on with the token
   * that it has: what the server says to that is evidence, and clean-up may still work.
   * @throws GcidemError `login`, `unreachable` or `interrupted` where no token was ever had
   */
  readonly token: (watch: LoginWatch) => Promise<string>;
  /**
   * A request that was sent at this instant (ms on the clock) was answered 401. Gives whether there is a newer token now.
   * Logs in for that at most once a minute, whatever anybody answers.
   */
  readonly renew: (sentMs: number, watch: LoginWatch) => Promise<boolean>;
}

/** A token is replaced so long before it ends. */
const MARGIN_MS = 60_000;
/** A token that lives shorter than the margin is used for half of its life, and for so long in any case. */
const SHORTEST_USE_MS = 1_000;
/** No login storm: a target that answers 401 for ever, or a login host that is down, is asked so often. */
const RENEWAL_EVERY_MS = 60_000;

/** How long a token is used, in ms from when it was given. */
function useMs({ lifeMs }: AccessToken): number {
  if (lifeMs === null) return Number.POSITIVE_INFINITY;
  return Math.max(SHORTEST_USE_MS, lifeMs - Math.min(MARGIN_MS, lifeMs / 2));
}

interface Held {
  readonly token: AccessToken;
  /** When it came here, in ms on the clock. */
  readonly hadMs: number;
}

/** Makes the source of one login's tokens. `file`: where they are kept between runs; null: nowhere. */
export function createTokenSource(options: LoginOptions, file: TokenFile | null): TokenSource {
  const { clock } = options;
  let held: Held | null = null;
  let loggingIn: Promise<Held> | null = null;
  let replacing: Promise<Held | null> | null = null;
  let refusedMs = Number.NEGATIVE_INFINITY;
  let failedMs = Number.NEGATIVE_INFINITY;

  const isDue = ({ token }: Held): boolean => clock.epochMs() >= token.givenAt + useMs(token);
  const isRecent = (ms: number): boolean => clock.nowMs() < ms + RENEWAL_EVERY_MS;
  const logIn = (watch: LoginWatch): Promise<Held> => {
    loggingIn ??= requestToken(options, watch)
      .then((token) => {
        held = { token, hadMs: clock.nowMs() };
        file?.write(token, watch.onWarning);
        return held;
      })
      .finally(() => {
        loggingIn = null;
      });
    return loggingIn;
  };
  const fromFile = (watch: LoginWatch): Held | null => {
    const token = file?.read(watch.onWarning) ?? null;
    const kept = token === null ? null : { token, hadMs: clock.nowMs() };
    return kept === null || isDue(kept) ? null : kept;
  };
  const tryAgain = async (watch: LoginWatch): Promise<Held | null> => {
    try {
      return await logIn(watch);
    } catch (error) {
      if (!(error instanceof GcidemError)) throw error;
      failedMs = clock.nowMs();
      if (error.code !== "interrupted")
        watch.onWarning(`could not log in again: ${error.message}; going on with the token that there is`);
      return null;
    }
  };
  /** Null where it failed. */
  const replace = (watch: LoginWatch): Promise<Held | null> => {
    replacing ??= tryAgain(watch).finally(() => {
      replacing = null;
    });
    return replacing;
  };
  const current = async (watch: LoginWatch): Promise<Held> => {
    held ??= fromFile(watch);
    if (held === null) return logIn(watch);
    if (!isDue(held) || isRecent(failedMs)) return held;
    return (await replace(watch)) ?? held;
  };
  return {
    token: async (watch) => (await current(watch)).token.value,
    renew: async (sentMs, watch) => {
      if (held !== null && held.hadMs > sentMs) return true;
      if (replacing === null && (isRecent(refusedMs) || isRecent(failedMs))) return false;
      if (replacing === null) refusedMs = clock.nowMs();
      return (await replace(watch)) !== null;
    },
  };
}
