/** Stands where a code span stood. */
const CODE = "\u0000";

/** Code spans of one line taken out by CommonMark's rule: a run of backticks ends at the next run of the same length. */
function withoutSpans(line: string): string {
  let rest = line;
  let out = "";
  for (let open = /`+/.exec(rest); open !== null; open = /`+/.exec(rest)) {
    const [ticks] = open;
    const after = rest.slice(open.index + ticks.length);
    const close = [...after.matchAll(/`+/g)].find(([run]) => run === ticks);
    if (close === undefined) return `${out}${rest.slice(0, open.index)}UNCLOSED${after}`;
    out += rest.slice(0, open.index) + CODE;
    rest = after.slice(close.index + ticks.length);
  }
  return out + rest;
}

/** The lines of a Markdown text that are no code block, with their code spans taken out. */
export function outsideCode(text: string): readonly string[] {
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of text.split("\n")) {
    const [, ticks] = /^ {0,3}(`{3,})[^`]*$/.exec(line) ?? [];
    if (fence !== null) {
      if (ticks !== undefined && ticks.length >= fence.length && /^ {0,3}`+\s*$/.test(line)) fence = null;
    } else if (ticks !== undefined) fence = ticks;
    else lines.push(withoutSpans(line));
  }
  return fence === null ? lines : [...lines, "UNCLOSED <"];
}
