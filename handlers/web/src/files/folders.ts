import type { StoredFile } from "./store";

export interface Folder {
  /** The folders in it, by name. */
  folders: string[];
  /** The files directly in it. */
  files: StoredFile[];
}

/** What a folder shows of all files: `path` is empty at the top and ends with `/` elsewhere. */
export function within(path: string, all: StoredFile[]): Folder {
  const inside = all.filter(({ name }) => name.startsWith(path));
  const rest = (name: string) => name.slice(path.length);
  const folders = inside.filter(({ name }) => rest(name).includes("/")).map(({ name }) => rest(name).split("/")[0] ?? "");
  return { folders: [...new Set(folders)].sort(), files: inside.filter(({ name }) => !rest(name).includes("/")) };
}
