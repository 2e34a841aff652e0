import type { Pattern } from "../../core/causes.js";
import type { CauseText } from "./cause-text.js";

/** What the client did. */
export const PATTERN_TEXTS: Readonly<Record<Pattern, CauseText>> = {
  "blind-retry": {
    title: "The same stale token again",
    seen: "The same refusal again and again.",
    why: "A retry loop that does not read again.",
    told: "A request that was refused for its token was sent again with that token.",
    remedy: "Read again before each attempt.",
  },
  "retry-after-ignored": {
    title: "Retry-After was not honoured",
    seen: "429 or 409 again.",
    why: "The client came back before the server's time.",
    told: "The next attempt started earlier than Retry-After allowed.",
    remedy: "Wait as long as the server says.",
  },
  "client-resent": {
    title: "A client library sent the request again by itself",
    seen: "The same request twice for one call.",
    why: "urllib3 in the vendor's Python SDK and Go's net/http re-send writes after a lost connection.",
    told: "Identical requests within the retry pattern of such a library, the first without an answer.",
    remedy: "Turn the library's retries off for writes, or give each call a key.",
  },
  "retry-with-new-key": {
    title: "A retry with a new key after a lost answer",
    seen: "2xx, and perhaps two effects.",
    why: "The first attempt may have been carried out.",
    told: "The same request under another key, after one without an answer.",
    remedy: "Keep the key of the first attempt, or look the result up first.",
  },
  "key-per-attempt": {
    title: "Each attempt has a key of its own",
    seen: "Keys that never protect.",
    why: "The key is made where the request is sent, not where the operation begins.",
    told: "Retries of one request carry different keys.",
    remedy: "Make the key once for each operation and store it with the request.",
  },
  "shared-key": {
    title: "Several writers share a key",
    seen: "409 or another's answer.",
    why: "The key comes from a constant or a pool.",
    told: "Different writers or bodies carry one key.",
    remedy: "Make keys at random for each operation.",
  },
  "weak-key": {
    title: "The key is easy to hit by chance",
    seen: "Collisions once traffic grows.",
    why: "It is short, counts up, or is the time.",
    told: "Its length and its neighbours.",
    remedy: "Use 128 random bits: a UUID of version 4.",
  },
  "no-reread": {
    title: "Nothing was read before the write",
    seen: "A stale token.",
    why: "The token came from an old answer.",
    told: "No read of the resource stands between the last change and the write.",
    remedy: "Read shortly before you write.",
  },
  "read-to-write-gap": {
    title: "A long time between read and write",
    seen: "A stale token.",
    why: "The longer the gap, the more likely somebody writes in it.",
    told: "The time between the read that showed the token and the write.",
    remedy: "Read late, write at once.",
  },
};
