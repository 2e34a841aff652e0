import { diffJson } from "../../compare/diff-json.js";
import { tryParseJson } from "../../core/json.js";
import { bodyChangedToo, keyStory, lateRelations, mayBeTakenOver } from "../key-story.js";
import { type Case, fitting, type RefusalRule, shows } from "../refusal.js";
import { judgeReuse } from "./key-reused.js";

function placesOf(of: Case): string {
  const first = keyStory(of).binding?.exchange.request.body ?? "";
  const [before, after] = [tryParseJson(first), tryParseJson(of.refused.exchange.request.body)];
  if (before === null || after === null) return "";
  const paths = diffJson(before, after, 3).changes.map(({ path }) => path || "the whole");
  return paths.length === 0 ? "" : ` Their JSON differs at ${paths.join(", ")}.`;
}

const SAYS_OTHER = /key .*(?:another|different).*(?:body|payload|request|parameters)/;

/** The key came before with another JSON value. */
export const keyReusedBodyChanged: RefusalRule = {
  factors: ["key", "body"],
  holds: "enclosed",
  allows: mayBeTakenOver,
  spoken: {
    codes:
      /idempotency_error|idempotency.*(?:mismatch|reuse)|parameter_?mismatch|duplicate_request|previously_used/,
    prose:
      /key .*(?:used with|another|different|same request).*(?:body|payload|request|parameters)|already used|another request body/,
  },
  judge: (of) => {
    const found = judgeReuse(of, "body-changed", "unknown");
    const { binding, relation } = keyStory(of);
    const isSame = relation === "same" || relation === "headers-changed";
    if (found.fits || binding === null || of.refused.key === null) return found;
    const isOvertaken = lateRelations(of).some(
      ([late, how]) => late.ending === "refused" && how === "other-resource",
    );
    if (isSame && !isOvertaken && SAYS_OTHER.test(of.refused.words?.prose ?? ""))
      return fitting(
        4,
        shows(of.refused, "the server says that the body is another one; on the way it may have become that"),
      );
    if (!bodyChangedToo(of)) return found;
    return fitting(
      0,
      shows(binding, "the first request with this key: another path or method, and another body as well"),
    );
  },
  explain: (of) =>
    `The key of ${of.refused.id} was first used by ${keyStory(of).binding?.id ?? "another request"} with another body. The server keeps the first body with the key and refuses a second one.${placesOf(of)}`,
};
