/** Waiting items, with one queue for each key. The queues take turns, so a long one does not delay the others. */
export class FairLines<T> {
  /** Queues in the order of their next turns. Empty queues are removed. */
  private readonly lines = new Map<string, T[]>();

  push(key: string, item: T): void {
    const line = this.lines.get(key);
    if (line) line.push(item);
    else this.lines.set(key, [item]);
  }

  /** The head of the next queue that `mayGo` allows; undefined if there is none. */
  take(mayGo: (key: string) => boolean): T | undefined {
    for (const [key, line] of this.lines) {
      if (!mayGo(key)) continue;
      const item = line.shift();
      this.lines.delete(key);
      if (line.length > 0) this.lines.set(key, line);
      return item;
    }
    return undefined;
  }

  /** Removes and returns all items. */
  takeAll(): T[] {
    const items = [...this.lines.values()].flat();
    this.lines.clear();
    return items;
  }
}
