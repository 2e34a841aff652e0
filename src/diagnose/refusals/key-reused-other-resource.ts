import { keyStory, mayBeTakenOver } from "../key-story.js";
import type { RefusalRule } from "../refusal.js";
import { judgeReuse } from "./key-reused.js";

/** The key came before on another path, query or method. */
export const keyReusedOtherResource: RefusalRule = {
  factors: ["key", "body", "path", "operation"],
  holds: "enclosed",
  allows: mayBeTakenOver,
  spoken: {
    codes: /idempotency_error|idempotency.*(?:mismatch|reuse)/,
    prose: /key .*(?:used with|another|different).*(?:request|path|endpoint|resource|url)|original_request/,
  },
  judge: (of) => judgeReuse(of, "other-resource"),
  explain: (of) => {
    const first = keyStory(of).binding;
    return `The key of ${of.refused.id} was first used by ${first?.id ?? "another request"} for ${first?.method ?? "another"} ${first?.path ?? "request"}. The server knows a key for one request only.`;
  },
};
