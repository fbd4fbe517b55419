// API keys as the API has them, and what they are called on a page.
export interface ApiKey {
  keyId: string;
  name: string;
  scopes: string[];
  createdAt: number;
  expiresAt: number | null;
  lastUsedAt: number | null;
}

export const KINDS = [
  { kind: "notes", title: "Notes" },
  { kind: "files", title: "Files" },
  { kind: "archives", title: "Archives" },
] as const;

/** For how long a new key may be good, in days. */
export const LIFETIMES = [
  { days: 7, title: "A week" },
  { days: 30, title: "A month" },
  { days: 90, title: "Three months" },
  { days: 365, title: "A year" },
  { days: 0, title: "Until it is revoked" },
] as const;

const DAY = 86_400_000;

/** When a key that is made now ends, in milliseconds since the Unix epoch: never for no days. */
export const endAfter = (days: number, now: number): number | null => (days === 0 ? null : now + days * DAY);

export const hasEnded = (key: ApiKey, now: number): boolean => key.expiresAt !== null && key.expiresAt <= now;

/** What a key allows, kind by kind: “Notes: read · Files: read and write”. */
export function allowed(scopes: string[]): string {
  return KINDS.flatMap(({ kind, title }) => {
    const does = ["read", "write"].filter((what) => scopes.includes(`${kind}:${what}`));
    return does.length > 0 ? [`${title}: ${does.join(" and ")}`] : [];
  }).join(" · ");
}
