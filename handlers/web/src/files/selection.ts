// Which rows of a list are chosen, and which folders and files that means.
import type { StoredFile } from "./store";

export interface Selection {
  rows: ReadonlySet<string>;
  /** The row that was chosen or let go last: a range goes on from there. */
  anchor: string | null;
}

export const NOTHING: Selection = { rows: new Set(), anchor: null };

/** With `row` chosen if it was not, and else let go. */
export function toggled({ rows }: Selection, row: string): Selection {
  const next = new Set(rows);
  if (!next.delete(row)) next.add(row);
  return { rows: next, anchor: row };
}

/** With every row from the last one to `row` as that last one is: chosen, or let go. */
export function extended({ rows, anchor }: Selection, row: string, order: readonly string[]): Selection {
  const from = anchor === null ? -1 : order.indexOf(anchor);
  const to = order.indexOf(row);
  if (anchor === null || from < 0 || to < 0) return toggled({ rows, anchor }, row);
  const next = new Set(rows);
  for (const between of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (rows.has(anchor)) next.add(between);
    else next.delete(between);
  }
  return { rows: next, anchor };
}

/** Every row, or none if every row is chosen. */
export const allOrNone = ({ rows }: Selection, order: readonly string[]): Selection =>
  order.every((row) => rows.has(row)) ? NOTHING : { rows: new Set(order), anchor: null };

/** The files that are meant: rows that end in `/` are folders, with all that is in them. */
export function chosen({ rows }: Selection, all: readonly StoredFile[]): StoredFile[] {
  const folders = [...rows].filter((row) => row.endsWith("/"));
  return all.filter(({ name }) => rows.has(name) || folders.some((folder) => name.startsWith(folder)));
}
