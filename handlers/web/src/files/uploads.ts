// Uploads under way: each with its progress, to be cancelled or, once it has failed, tried again.
export type UploadState = { kind: "running"; share: number } | { kind: "failed"; error: unknown };

export interface UploadView {
  name: string;
  state: UploadState;
}

export type Put = (name: string, file: File, onProgress: (share: number) => void, signal: AbortSignal) => Promise<void>;

interface Entry extends UploadView {
  file: File;
  abort: AbortController;
}

export class Uploads {
  private entries: Entry[] = [];
  private views: UploadView[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly put: Put,
    /** Hears of each file once it is stored. */
    private readonly onStored: (name: string) => Promise<void>,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): UploadView[] => this.views;

  /** Begins an upload; one of the same name that is under way is cancelled for it. */
  async start(name: string, file: File): Promise<void> {
    this.cancel(name);
    const entry: Entry = { name, file, abort: new AbortController(), state: { kind: "running", share: 0 } };
    this.entries.push(entry);
    this.show(entry, entry.state);
    try {
      await this.put(name, file, (share) => this.show(entry, { kind: "running", share }), entry.abort.signal);
      if (entry.abort.signal.aborted) return;
      await this.onStored(name);
      this.forget(entry);
    } catch (error) {
      if (!entry.abort.signal.aborted) this.show(entry, { kind: "failed", error });
    }
  }

  cancel(name: string): void {
    const entry = this.entries.find((entry) => entry.name === name);
    if (!entry) return;
    entry.abort.abort();
    this.forget(entry);
  }

  async retry(name: string): Promise<void> {
    const entry = this.entries.find((entry) => entry.name === name);
    if (entry?.state.kind === "failed") await this.start(name, entry.file);
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
