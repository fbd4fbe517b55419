// Archive jobs as the API has them, and what they are called on a page.
import { size } from "../files/size";
import { when } from "../notes/note";
import { finished } from "../shared/words";

export interface Job {
  archiveId: string;
  status: "queued" | "running" | "ready" | "failed" | "cancelled" | "expired";
  name: string;
  filesTotal: number;
  filesDone: number;
  bytesTotal: number;
  bytesDone: number;
  /** The first of the files that were gone when the zip was made. */
  missing: string[];
  missingTotal: number;
  size?: number;
  createdAt: number;
  expiresAt: number;
  error?: string;
}

export const isUnderWay = ({ status }: Job): boolean => status === "queued" || status === "running";

/** What share is done; unknown while the job waits. Bytes say more than files, where there are any. */
export function share(job: Job): number | undefined {
  if (job.status === "queued") return undefined;
  if (job.bytesTotal > 0) return job.bytesDone / job.bytesTotal;
  return job.filesTotal > 0 ? job.filesDone / job.filesTotal : undefined;
}

/** How far it is, in files and bytes. */
export const progress = (job: Job): string =>
  `${job.filesDone} of ${count(job.filesTotal, "file")}, ${size(job.bytesDone)} of ${size(job.bytesTotal)}`;

export function headline({ status }: Job): string {
  switch (status) {
    case "queued":
      return "Waiting for its turn";
    case "running":
      return "Being made";
    case "ready":
      return "Ready";
    case "failed":
      return "Failed";
    case "cancelled":
      return "Cancelled";
    case "expired":
      return "Expired";
  }
}

/** What there is to say beside the headline. */
export function detail(job: Job): string {
  switch (job.status) {
    case "queued":
      return `${count(job.filesTotal, "file")}, ${size(job.bytesTotal)}. It begins as soon as a worker is free.`;
    case "running":
      return progress(job);
    case "ready":
      return `${count(job.filesTotal - job.missingTotal, "file")}, ${size(job.size ?? job.bytesDone)}. Kept until ${when(job.expiresAt)}.`;
    case "failed":
      return `${finished(job.error ?? "the archive could not be made")} Nothing of your files was changed.`;
    case "cancelled":
      return "It was cancelled before it was done.";
    case "expired":
      return `Its zip was removed on ${when(job.expiresAt)}. Make it again from your files.`;
  }
}

/** Which files are not in the zip, if any are not. */
export function missing({ missing, missingTotal }: Job): string | null {
  if (missingTotal === 0) return null;
  const more = missingTotal - missing.length;
  const names = more > 0 ? [...missing, `${more} more`] : missing;
  const listed = new Intl.ListFormat("en", { type: "conjunction" }).format(names);
  return `${count(missingTotal, "file")} ${missingTotal === 1 ? "was" : "were"} gone when the zip was made: ${listed}.`;
}

export const count = (number: number, what: string): string => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
