import { type Block, labelled } from "./block.js";

/** What a run without writes has read, and what the writes would do. */
export const planBlock: Block = function* ({ run, look }) {
  for (const [index, line] of (run.plan ?? []).entries())
    yield* labelled(look, index === 0 ? "read only" : "", [{ text: look.text(line) }]);
};
