import { realClock } from "../core/clock.js";
import { GcidemError } from "../core/errors.js";
import { openTransport } from "../session/open-transport.js";
import type { SessionOptions } from "../session/session.js";

const POLL_MS = 200;

/**
 * Polls an address with GET until anything answers.
 * @throws GcidemError `usage` for what is no http(s) URL, `unreachable` where nothing answers within `--max-wait`.
 */
export async function waitFor(url: string, options: SessionOptions): Promise<void> {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new GcidemError("usage", `--wait-for: found "${url}", expected an http(s) URL`);
  }
  const clock = realClock();
  const transport = openTransport(options, clock);
  try {
    while (!options.interrupt.aborted) {
      const request = {
        method: "GET",
        url,
        headers: [],
        body: null,
        timeoutMs: options.maxWaitMs,
        abort: null,
      };
      const outcome = await transport.send(request, undefined, options.interrupt);
      if (outcome.kind === "response") return;
      if (clock.nowMs() + POLL_MS > options.maxWaitMs) {
        throw new GcidemError(
          "unreachable",
          `--wait-for ${url}: no answer: ${outcome.message}; nothing was sent`,
        );
      }
      await clock.sleep(POLL_MS);
    }
  } finally {
    await transport.close();
  }
}
