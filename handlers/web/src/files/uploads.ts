// Uploads: a few under way at once, the others waiting their turn; each with its progress, to be cancelled or, once it
// has failed, tried again.
export type UploadState = { kind: "waiting" } | { kind: "running"; share: number } | { kind: "failed"; error: unknown };

export interface UploadView {
  name: string;
  state: UploadState;
}

export type Put = (name: string, file: File, onProgress: (share: number) => void, signal: AbortSignal) => Promise<void>;

interface Entry extends UploadView {
  file: File;
  abort: AbortController;
}

/** How many files are sent at the same time. */
const AT_ONCE = 4;

export class Uploads {
  private entries: Entry[] = [];
  private views: UploadView[] = [];
  private running = 0;
  private waiting: (() => void)[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly put: Put,
    /** Hears of each file once it is stored. */
    private readonly onStored: (name: string, file: File) => Promise<void>,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): UploadView[] => this.views;

  /** Begins an upload, at once or in its turn; one of the same name that is under way is cancelled for it. */
  async start(name: string, file: File): Promise<void> {
    this.cancel(name);
    const entry: Entry = { name, file, abort: new AbortController(), state: { kind: "waiting" } };
    this.entries.push(entry);
    this.tell();
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (entry.abort.signal.aborted) return this.next();
    this.running += 1;
    this.show(entry, { kind: "running", share: 0 });
    try {
      await this.put(name, file, (share) => this.progress(entry, share), entry.abort.signal);
      if (entry.abort.signal.aborted) return;
      await this.onStored(name, file);
      this.forget(entry);
    } catch (error) {
      if (!entry.abort.signal.aborted) this.show(entry, { kind: "failed", error });
    } finally {
      this.running -= 1;
      this.next();
    }
  }

  cancel(name: string): void {
    const entry = this.entries.find((entry) => entry.name === name);
    if (!entry) return;
    entry.abort.abort();
    this.forget(entry);
  }

  cancelAll(): void {
    for (const { name } of [...this.entries]) this.cancel(name);
  }

  async retry(name: string): Promise<void> {
    const entry = this.entries.find((entry) => entry.name === name);
    if (entry?.state.kind === "failed") await this.start(name, entry.file);
  }

  private next(): void {
    if (this.running < AT_ONCE) this.waiting.shift()?.();
  }

  /** What is told of an upload after its end, as the sender's events may be, is not shown. */
  private progress(entry: Entry, share: number): void {
    if (entry.state.kind === "running") this.show(entry, { kind: "running", share });
  }

  private forget(entry: Entry): void {
    this.entries = this.entries.filter((other) => other !== entry);
    this.tell();
  }

  private show(entry: Entry, state: UploadState): void {
    entry.state = state;
    this.tell();
  }

  private tell(): void {
    this.views = this.entries.map(({ name, state }) => ({ name, state }));
    for (const listener of this.listeners) listener();
  }
}
