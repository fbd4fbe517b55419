import type { Deletions } from "./deletions";
import type { StoredFile } from "./store";
import type { Uploads } from "./uploads";

/** What of the files' page outlives it, for as long as somebody is signed in: it goes on while other pages are shown. */
export interface Kept {
  uploads?: Uploads;
  deletions?: Deletions;
  /** Hears of each stored file while the page is shown. */
  stored?: (file: StoredFile) => void;
}
