const NUMBER = /\d+(?:\.\d+)?/;

/** Notes that differ in their first number alone say one thing of several barriers. */
function kindOf(note: string): string {
  return note.replace(NUMBER, "#");
}

function firstNumber(note: string): number {
  return Number(NUMBER.exec(note)?.[0] ?? 0);
}

/** Notes of all barriers, each kind once, with the largest number that it names: the worst is what counts. Pure. */
export function foldNotes(notes: readonly string[]): readonly string[] {
  const kinds = new Map<string, string>();
  for (const note of notes) {
    const kind = kindOf(note);
    const known = kinds.get(kind);
    if (known === undefined || firstNumber(note) > firstNumber(known)) kinds.set(kind, note);
  }
  return [...kinds.values()];
}
