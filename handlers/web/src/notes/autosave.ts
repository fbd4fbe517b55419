// A note's text on its way to the server: one save at a time, each at the version it was made from, and another's
// version is never written over: it is shown beside ours until a person has merged them.
import { ApiError } from "../api";

export interface Stored {
  content: string;
  etag: string;
}

/** How a note is read and replaced. */
export interface Transport {
  read(): Promise<Stored>;
  /** Rejects with a 412 `ApiError` where `etag` is no longer the note's. */
  replace(content: string, etag: string): Promise<Stored>;
}

export type Status = { kind: "saved" } | { kind: "unsaved" } | { kind: "saving" } | { kind: "failed"; error: unknown } | { kind: "conflict"; theirs: Stored };

export interface Draft {
  text: string;
  status: Status;
}

export class Autosave {
  private draft: Draft;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;

  constructor(
    private stored: Stored,
    private readonly transport: Transport,
    /** How long typing must pause before it is saved, in milliseconds. */
    private readonly pause = 700,
  ) {
    this.draft = { text: stored.content, status: { kind: "saved" } };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): Draft => this.draft;

  edit(text: string): void {
    const { status } = this.draft;
    // Until a conflict is settled nothing is sent, but nothing typed is lost.
    if (status.kind === "conflict") return this.show({ text, status });
    this.show({ text, status: status.kind === "saving" ? status : { kind: "unsaved" } });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), this.pause);
  }

  /** Settles a conflict: `text` takes the place of the version that it was merged with. */
  async settle(text: string): Promise<void> {
    if (this.draft.status.kind !== "conflict") return;
    this.stored = this.draft.status.theirs;
    this.show({ text, status: { kind: "unsaved" } });
    await this.flush();
  }

  /** Saves what is not saved; returns once it is, or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.running ??= this.save().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  private async save(): Promise<void> {
    while (this.draft.status.kind !== "conflict" && this.draft.text !== this.stored.content) {
      const { text } = this.draft;
      this.show({ text, status: { kind: "saving" } });
      try {
        const { etag } = await this.transport.replace(text, this.stored.etag);
        this.stored = { content: text, etag };
      } catch (error) {
        const status = error instanceof ApiError && error.status === 412 ? await this.compare() : ({ kind: "failed", error } as const);
        if (status) return this.show({ text: this.draft.text, status });
      }
    }
    if (this.draft.status.kind !== "conflict") this.show({ text: this.draft.text, status: { kind: "saved" } });
  }

  /** What another version means: nothing if it says what ours says or only its number moved, else a conflict. */
  private async compare(): Promise<Status | null> {
    try {
      const theirs = await this.transport.read();
      if (theirs.content !== this.stored.content && theirs.content !== this.draft.text) return { kind: "conflict", theirs };
      this.stored = theirs;
      return null;
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  private show(draft: Draft): void {
    this.draft = draft;
    for (const listener of this.listeners) listener();
  }
}
