import { randomInt } from 'node:crypto';

/** Numbers that come again with the same seed: `FAULT_SEED=<printed seed>` repeats the moments of a run. */
export class SeededRandom {
  private constructor(private state: number) {}

  /** A row of numbers for one story; its seed is printed. */
  static of(story: string): SeededRandom {
    const seed = Number(process.env['FAULT_SEED'] ?? randomInt(2 ** 31));
    console.log(`      FAULT_SEED=${seed} (${story})`);
    return new SeededRandom(seed);
  }

  /** A row of its own, for a part that draws at its own pace. */
  branch(): SeededRandom {
    return new SeededRandom(Math.floor(this.between(0, 2 ** 31)));
  }

  /** At least `low`, below `high` (mulberry32). */
  between(low: number, high: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return low + (((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * (high - low);
  }
}
