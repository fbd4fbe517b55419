// What an evaluation is made of, before it is drawn.
import type { PolicyShown, Statement, StatementRef } from "./local";

/** A run of a policy's lines: of one statement, or between statements. */
export interface Segment {
  /** The number of its first line, counted from 1. */
  first: number;
  lines: string[];
  statement?: Statement;
}

/** The lines of a policy, each statement's on their own. */
export function segments(policy: PolicyShown, statements: Statement[]): Segment[] {
  const lines = policy.text.replace(/\n$/, "").split("\n");
  const found: Segment[] = [];
  let next = 1;
  const between = (end: number) => {
    if (end > next) found.push({ first: next, lines: lines.slice(next - 1, end - 1) });
    next = Math.max(next, end);
  };
  policy.statements.forEach(({ first, last }, number) => {
    between(first);
    const statement = statements.find((it) => it.layer === policy.layer && it.policy === policy.policy && it.statement === number);
    found.push({ first, lines: lines.slice(first - 1, last), ...(statement ? { statement } : {}) });
    next = last + 1;
  });
  between(lines.length + 1);
  return found;
}

/** Which of a statement's lines holds the element, `Resource` or `Condition.StringLike.s3:prefix`; -1 if none does. */
export function lineOf(lines: string[], element: string): number {
  const [outer = "", operator, ...key] = element.split(".");
  const wanted = operator === undefined ? [outer] : [outer, operator, key.join(".")];
  let at = -1;
  for (const name of wanted) {
    const found = lines.findIndex((line, number) => number > at && line.trimStart().startsWith(`"${name}":`));
    if (found < 0) return at;
    at = found;
  }
  return at;
}

/** A line of two texts side by side: whether both have it. */
export interface Compared {
  text: string;
  isShared: boolean;
}

/** The lines of both texts, marked where they differ. */
export function compare(ours: string, theirs: string): { ours: Compared[]; theirs: Compared[] } {
  const [left, right] = [ours.split("\n"), theirs.split("\n")];
  const lengths = longest(left, right);
  const mark = (lines: string[]) => lines.map((text) => ({ text, isShared: false }));
  const marked = { ours: mark(left), theirs: mark(right) };
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    const [one, other] = [marked.ours[i], marked.theirs[j]];
    if (one && other && one.text === other.text) {
      one.isShared = other.isShared = true;
      i++;
      j++;
    } else if (at(lengths, i + 1, j) >= at(lengths, i, j + 1)) i++;
    else j++;
  }
  return marked;
}

const at = (lengths: number[][], i: number, j: number) => lengths[i]?.[j] ?? 0;

/** For each pair of places, how many lines after them can be had in common. */
function longest(left: string[], right: string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row) row[j] = left[i] === right[j] ? at(lengths, i + 1, j + 1) + 1 : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  return lengths;
}

/** The policies, the one that has the statement `of` first: that is what a person came for. */
export function ordered(policies: PolicyShown[], of: StatementRef | null): PolicyShown[] {
  const has = ({ layer, policy }: PolicyShown) => Number(layer === of?.layer && policy === of.policy);
  return policies.toSorted((one, other) => has(other) - has(one));
}
