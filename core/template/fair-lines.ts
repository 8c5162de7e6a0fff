/** Items that wait, each in the line of its key. Lines take turns, so a long one holds up no other. */
export class FairLines<T> {
  /** In the order of their next turns. A line that is empty is not kept. */
  private readonly lines = new Map<string, T[]>();

  push(key: string, item: T): void {
    const line = this.lines.get(key);
    if (line) line.push(item);
    else this.lines.set(key, [item]);
  }

  /** The head of the line whose turn it is, of those that `mayGo` lets go; undefined where there is none. */
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

  /** Empties all lines. */
  takeAll(): T[] {
    const items = [...this.lines.values()].flat();
    this.lines.clear();
    return items;
  }
}
