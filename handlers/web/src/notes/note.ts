// Notes as the API has them, and what their text is called in a list.
export interface Note {
  noteId: string;
  content: string;
  attachments: string[];
  createdAt: number;
  updatedAt: number;
  version: number;
}

/** The first line with words in it, without its markdown, and some of what follows. */
export function summary(content: string): { title: string; rest: string } {
  const lines = content.split("\n").map((line) => line.replace(/^[#>*\-\s]+/, "").trim());
  const first = lines.findIndex((line) => line !== "");
  if (first < 0) return { title: "Empty note", rest: "" };
  return { title: lines[first] ?? "", rest: lines.slice(first + 1).filter(Boolean).join(" ").slice(0, 240) };
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
export const when = (millis: number) => dates.format(millis);

/** Who deletes a note of a list that is on screen hides it and may bring it back within this time, in milliseconds. */
export const UNDO_WITHIN = 6_000;
