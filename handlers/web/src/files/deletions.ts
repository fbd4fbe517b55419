// Files on their way out: hidden at once, deleted when nobody has undone it in time, and those that notes still use
// kept until somebody has said that they are to go nevertheless.
export type Remove = (name: string, force: boolean) => Promise<"gone" | "in use">;

export interface DeletionsView {
  /** Not to be shown: going, or gone. */
  hidden: ReadonlySet<string>;
  /** How many can still be had back. */
  undoable: number;
  /** Kept, because notes use them. */
  inUse: string[];
  error: unknown;
}

const AT_ONCE = 6;

export class Deletions {
  private asked: string[] = [];
  private going: string[] = [];
  private gone: string[] = [];
  private inUse: string[] = [];
  private error: unknown = null;
  private view: DeletionsView = { hidden: new Set(), undoable: 0, inUse: [], error: null };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly remove: Remove,
    /** How long a deletion can be undone, in milliseconds. */
    private readonly pause: number,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): DeletionsView => this.view;

  /** Hides the files, and deletes them after the pause; what waited before is deleted now. */
  ask(names: string[]): void {
    void this.flush();
    this.asked = names;
    this.inUse = [];
    this.error = null;
    this.timer = setTimeout(() => void this.flush(), this.pause);
    this.tell();
  }

  undo(): void {
    clearTimeout(this.timer);
    this.asked = [];
    this.tell();
  }

  /** Deletes what waits. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    const names = this.asked;
    this.asked = [];
    return this.send(names, false);
  }

  /** Deletes also what notes use. */
  insist(): Promise<void> {
    const names = this.inUse;
    this.inUse = [];
    return this.send(names, true);
  }

  /** Lets what notes use be. */
  relent(): void {
    this.inUse = [];
    this.tell();
  }

  /** The list is read again: what was gone before is not in it, unless somebody has put it there since. */
  reread(): void {
    this.gone = [];
    this.tell();
  }

  /** A file of this name is there again. */
  restored(name: string): void {
    this.gone = this.gone.filter((other) => other !== name);
    this.tell();
  }

  private async send(names: string[], force: boolean): Promise<void> {
    this.going.push(...names);
    this.tell();
    const waiting = [...names];
    const worker = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await this.sendOne(name, force);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  private async sendOne(name: string, force: boolean): Promise<void> {
    try {
      if ((await this.remove(name, force)) === "gone") this.gone.push(name);
      else this.inUse.push(name);
    } catch (error) {
      this.error = error;
    }
    this.going = this.going.filter((other) => other !== name);
    this.tell();
  }

  private tell(): void {
    this.view = {
      hidden: new Set([...this.asked, ...this.going, ...this.gone]),
      undoable: this.asked.length,
      inUse: [...this.inUse],
      error: this.error,
    };
    for (const listener of this.listeners) listener();
  }
}
