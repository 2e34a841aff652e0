/** Texts that many records have in common, such as paths: kept once, and named by a number. */
export interface SharedTexts {
  /** The number of a text, used once more from now on; null where there is no room for another text. */
  readonly take: (text: string) => number | null;
  /** The number of a text that is in use; null for any other. */
  readonly numberOf: (text: string) => number | null;
  /** The text of a number that is in use; empty for any other. */
  readonly textOf: (number: number) => string;
  /** Gives back one use of a number. With the last one the text is forgotten. */
  readonly release: (number: number) => void;
  readonly clear: () => void;
}

interface Shared {
  readonly number: number;
  readonly text: string;
  uses: number;
}

/** Starts empty. Numbers are 1 to `most`; those of forgotten texts are given out again. */
export function createSharedTexts(most: number): SharedTexts {
  const byText = new Map<string, Shared>();
  const byNumber: (Shared | undefined)[] = [];
  const unused: number[] = [];
  const add = (text: string): number | null => {
    if (byText.size >= most) return null;
    const shared = { number: unused.pop() ?? byNumber.length + 1, text, uses: 1 };
    byText.set(text, shared);
    byNumber[shared.number - 1] = shared;
    return shared.number;
  };
  return {
    take: (text) => {
      const shared = byText.get(text);
      if (shared === undefined) return add(text);
      shared.uses += 1;
      return shared.number;
    },
    numberOf: (text) => byText.get(text)?.number ?? null,
    textOf: (number) => byNumber[number - 1]?.text ?? "",
    release: (number) => {
      const shared = byNumber[number - 1];
      if (shared === undefined) return;
      shared.uses -= 1;
      if (shared.uses > 0) return;
      byText.delete(shared.text);
      byNumber[number - 1] = undefined;
      unused.push(number);
    },
    clear: () => {
      byText.clear();
      byNumber.length = 0;
      unused.length = 0;
    },
  };
}
