import type { Book } from "./book.js";
import type { Control } from "./controls.js";
import { madeByServer } from "./marks.js";
import type { Case, RefusalRule } from "./refusal.js";
import type { Seen } from "./seen.js";

const NOT_FOUND = 404;

/**
 * True where an accepted request may have got the answer that its key was given before: whatever the server looks at
 * beside keys, it then did not look at. An id that was made before tells the same of a key that nothing here knows as one.
 */
function mayBeStored(accepted: Seen, book: Book): boolean {
  const isBefore = ({ index, ending, path, method }: Seen): boolean =>
    index < accepted.index && ending === "accepted" && path === accepted.path && method === accepted.method;
  if (book.sameKey(accepted).some(isBefore)) return true;
  const made = madeByServer(accepted);
  return (
    made !== null &&
    book.sameOperation(accepted).some((each) => isBefore(each) && madeByServer(each) === made)
  );
}

/** An accepted request that differs in nothing that the cause depends on, in words; null where none contradicts it. Pure. */
export function contradiction(rule: RefusalRule, of: Case): string | null {
  const { controls, refused, book } = of;
  // What was not there may be made later.
  const holds = refused.status === NOT_FOUND && rule.holds === "after" ? "enclosed" : rule.holds;
  const factors = rule.factorsOf?.(of) ?? rule.factors;
  const isOfKey = factors.includes("key");
  const contradicts = (control: Control): boolean => {
    const { differsIn, after, enclosed, enclosedAlike, prompt, promptAlike } = control;
    for (const factor of factors) if (differsIn.has(factor)) return false;
    if (holds === "anytime") return true;
    // The very same request that passes says that something has passed with time.
    if (holds === "after") return after;
    const isPassing = holds === "passing";
    const isPrompt = isPassing ? promptAlike : prompt;
    return enclosed || (isPassing && enclosedAlike) || (isPrompt && differsIn.size > 0);
  };
  const isAllowed = (control: Control): boolean =>
    rule.allows?.(of, control) === true || (!isOfKey && mayBeStored(control.seen, book));
  const found = controls.find((each) => contradicts(each) && !isAllowed(each));
  if (found === undefined) return null;
  const in_ = [...found.differsIn];
  return `${found.seen.id} was accepted${in_.length === 0 ? " unchanged" : `, and differs only in ${in_.join(", ")}`}`;
}
