// What a person is told of an error. Kinds are told apart by the API's URNs and S3's codes, which are stable.
const PROBLEM = "urn:notewarden:problem:";

const WORDS: Readonly<Record<string, string>> = {
  [`${PROBLEM}quota-exceeded`]: "There is no room left for this: it would be more than you may keep. Delete some files, then try again.",
  [`${PROBLEM}file-too-large`]: "This file is larger than a file may be.",
  [`${PROBLEM}file-in-use`]: "A note still uses this file.",
  [`${PROBLEM}too-many-archives`]: "As many of your archives as may be at once are still being made. Wait for one of them, or cancel it.",
  [`${PROBLEM}archive-not-ready`]: "The archive is not ready yet.",
  [`${PROBLEM}gone`]: "The archive has expired, and its zip is gone. Make it again from your files.",
  [`${PROBLEM}too-many-requests`]: "That was too often in a short time. Try again in a minute.",
  [`${PROBLEM}not-permitted`]: "Your account may not do this.",
  [`${PROBLEM}unavailable`]: "The server is busy for the moment. Try again.",
  [`${PROBLEM}internal`]: "Something broke on the server. Try again later.",
  QuotaExceeded: "There is no room left for this: it would be more than you may keep. Delete some files, then try again.",
  EntityTooLarge: "This file is larger than a file may be.",
  AccessDenied: "Your account may not do this.",
  NoSuchKey: "The file is not there any more.",
  SlowDown: "The server is busy for the moment. Try again.",
  InternalError: "Something broke on the server. Try again later.",
};

const UNKNOWN = "Something went wrong. Try again.";

/** A sentence for a person: never an error's inside. */
export function sentence(error: unknown): string {
  if (!(error instanceof Error)) return UNKNOWN;
  const type: unknown = Reflect.get(error, "type");
  return WORDS[typeof type === "string" ? type : error.name] ?? (error.message ? finished(error.message) : UNKNOWN);
}

/** The API's clauses begin in lower case and have no full stop; on a page they are sentences. */
export function finished(clause: string): string {
  const begun = clause.charAt(0).toLocaleUpperCase() + clause.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
