/** Bytes as people read them, in steps of 1,000. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** The last part of a path. */
export const baseName = (name: string): string => name.split("/").at(-1) ?? name;

/** A name that a file of the person's machine may have in the bucket: one segment, nothing that hides it. */
export function safeName(name: string): string {
  const plain = name.normalize("NFC").replace(/[\p{Cc}/\\]/gu, "_").replace(/^\.+/, "").trim();
  return plain || "file";
}

/** Whether a browser shows it in an `img`. Vector images are left out: they may hold scripts. */
export const isPicture = (name: string): boolean => /\.(png|jpe?g|gif|webp|avif)$/i.test(name);

/** Where a file of the person's machine goes below a folder: dropped with a folder, it keeps its place in it. */
export function pathBelow(file: File & { path?: string | undefined }): string {
  const path = file.path ?? (file.webkitRelativePath || file.name);
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  return names.map(safeName).join("/") || safeName(file.name);
}

/** What a zip is called: after the one thing in it, else after the folder that its files are from. */
export function archiveName(rows: string[], folder: string): string {
  const only = rows.length === 1 ? rows[0] : undefined;
  const source = only ?? folder;
  return `${baseName(source.replace(/\/$/, "")) || "files"}.zip`;
}
