import { keyStory, mayBeTakenOver } from "../key-story.js";
import type { RefusalRule } from "../refusal.js";
import { judgeReuse } from "./key-reused.js";
import { keyReusedBodyChanged } from "./key-reused-body-changed.js";

/** The key came before with the same JSON value, written otherwise. */
export const keyReusedBytesChanged: RefusalRule = {
  factors: ["key", "body"],
  holds: "enclosed",
  allows: mayBeTakenOver,
  spoken: keyReusedBodyChanged.spoken,
  judge: (of) => judgeReuse(of, "bytes-changed", "headers-changed"),
  explain: (of) =>
    `${keyStory(of).binding?.id ?? "An earlier request"} and ${of.refused.id} carry one key and mean the same, but their bytes differ: this server compares bytes.`,
};
