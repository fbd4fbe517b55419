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
