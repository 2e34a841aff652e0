import { causesInMarkdown } from "../src/diagnose/say-cause.js";

const HEAD = `# Causes: the words in which gcidem explains a conflict

Made by \`npm run schemas\` from the texts that \`gcidem explain CAUSE\` prints; do not edit by hand.

gcidem works from exchanges alone: what a client can see. It names a cause

- **certain** where an exchange contradicts each rival (a control: the same body with a fresh key passes, a later read shows that the version had not moved, ...);
- **likely** where the server's own type or code says it;
- **possible** where it fits and so do others. Then the rivals are named too, with the request that would settle it.

A status alone proves nothing: across real servers 409 has meant in flight, other body, stale version, exists already, locked, out of sequence; and 400, 417 and 422 have meant other body.
How often this is right is measured: [accuracy.md](accuracy.md). \`scenarios/causes/\` has one scenario for each id, beside its nearest look-alike.

For \`stale-etag\` and \`stale-version\` gcidem also says who moved the token: \`own-write\`, \`other-writer\`, \`not-ours\` (the platform itself, or a client that was not recorded) or \`unknown\`.

## What other texts call it

Ten "common causes" of 409 that a generic article on idempotency keys lists, and what forum threads about the vendor's platform claim, in the words used here:

| said | ids |
|---|---|
| a retry that changes the body; a library that does not keep the body | \`key-reused-body-changed\`; with the same JSON in other bytes \`key-reused-bytes-changed\` |
| key collision, clock-made keys, a shared pool of keys | \`key-reused-body-changed\` where both requests are recorded, else \`key-first-use-unseen\`; patterns \`weak-key\`, \`shared-key\` |
| a UUID collision | not among the causes: with 122 random bits nobody has seen one; \`key-first-use-unseen\` is what it would look like |
| an old key for a new operation | \`key-reused-body-changed\`, \`key-reused-other-resource\` |
| middleware that changes the request | \`altered-in-transit\`; the refusal is \`key-reused-bytes-changed\` or \`key-reused-body-changed\` |
| confusion about when keys expire | \`executed-twice\` (executed again after the life of the key) or \`conflict-not-replay\` (refused after it) |
| the same key on another path, for another conversation or participant | \`key-reused-other-resource\`, or nothing where the path is a part of what a key stands for |
| white space, the order of members or a number's form | \`key-reused-bytes-changed\` where the server compares bytes |
| a cache of one's own in front that looks at the key alone | \`answered-by-intermediary\`, \`replay-of-other-body\` |
| a repeat that answers 200 where the first was 201 | \`replay-differs\` |
| two webhooks for one event, two workers on one participant | \`stale-etag\` or \`stale-version\` moved by \`other-writer\`; without a token \`lost-update\`, without a key two effects that no cause tells from two orders |
| two requests with one key at the same time | \`key-in-flight\`; where the check is not atomic \`executed-twice\` |
| "the first attempt failed after processing" | \`key-bound-to-unacknowledged-attempt\`, \`response-lost\` |
| "the second identical call answers 200 without updating" | \`stored-answer-returned\` |
| "the version of the participant changed", "If-Match is critical" | \`stale-version\`, \`stale-etag\`, \`precondition-missing\`; the vendor documents neither for participants (\`header-not-declared\`) |
| "the property is locked by the media server" | \`state-locked\`, \`state-terminal\` |
| "it is really a 403" | \`permission-shown-as-409\` |
| "eventual consistency" | \`stale-version\` moved by \`own-write\`, \`stale-read\` |
| a token that runs out in the middle, a missing scope, too many requests | \`token-expired\`, \`permission-missing\`, \`rate-limited\`: 401, 403 and 429 are no conflicts |
| a path or SDK method that does not exist | \`no-such-operation\` |

`;

/** docs/causes.md as a whole. */
export function causesPage(): string {
  return `${HEAD}${causesInMarkdown()}\n`;
}
