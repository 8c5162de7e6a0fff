import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  afterReading,
  GONE_MS,
  type Look,
  lookAt,
  MAX_HOLD_MS,
  RECHECK_MS,
  SETTLE_MS,
  type Sightings,
} from '../../core/reload/folder-look.js';

/** Looks at a folder again and again, and reads what is ready. */
class Watcher {
  private sightings: Sightings = new Map();
  private nowMs = 0;

  look(listing: { readonly [file: string]: string }, afterMs: number): Pick<Look, 'ready' | 'gone'> {
    this.nowMs += afterMs;
    const { sightings, ready, gone } = lookAt(this.sightings, new Map(Object.entries(listing)), this.nowMs);
    const read = ready.map((file) => [file, afterReading(sightings.get(file)!, this.nowMs, false)] as const);
    this.sightings = new Map([...sightings, ...read]);
    return { ready, gone };
  }
}

describe('looking at a folder', () => {
  let watcher: Watcher;
  beforeEach(() => {
    watcher = new Watcher();
  });

  it('reads a file once it has stood still, and not while it is being written', () => {
    assert.deepEqual(watcher.look({ a: '1' }, 0).ready, []);
    assert.deepEqual(watcher.look({ a: '2' }, SETTLE_MS).ready, []);
    assert.deepEqual(watcher.look({ a: '2' }, SETTLE_MS - 1).ready, []);
    assert.deepEqual(watcher.look({ a: '2' }, 1).ready, ['a']);
    assert.deepEqual(watcher.look({ a: '2' }, SETTLE_MS).ready, []);
  });

  it('reads it once more a moment later, for times of files that are kept in whole seconds', () => {
    watcher.look({ a: '1' }, 0);
    assert.deepEqual(watcher.look({ a: '1' }, SETTLE_MS).ready, ['a']);
    assert.deepEqual(watcher.look({ a: '1' }, RECHECK_MS).ready, ['a']);
    assert.deepEqual(watcher.look({ a: '1' }, 10 * RECHECK_MS).ready, []);
  });

  it('takes a file that vanishes and comes back for the same one', () => {
    watcher.look({ a: '1' }, 0);
    watcher.look({ a: '1' }, SETTLE_MS);
    assert.deepEqual(watcher.look({}, 1), { ready: [], gone: [] });
    assert.deepEqual(watcher.look({ a: '2' }, GONE_MS - 1), { ready: [], gone: [] });
    assert.deepEqual(watcher.look({ a: '2' }, SETTLE_MS), { ready: ['a'], gone: [] });
  });

  it('says of a file that stays away that it is gone, once', () => {
    watcher.look({ a: '1' }, 0);
    watcher.look({ a: '1' }, SETTLE_MS);
    watcher.look({}, 1);
    assert.deepEqual(watcher.look({}, GONE_MS).gone, ['a']);
    assert.deepEqual(watcher.look({}, GONE_MS).gone, []);
  });

  it('takes a rename as one change: the old name goes when the new one comes', () => {
    watcher.look({ old: '1' }, 0);
    watcher.look({ old: '1' }, SETTLE_MS);
    watcher.look({ new: '1' }, 1);
    assert.deepEqual(watcher.look({ new: '1' }, SETTLE_MS), { ready: [], gone: [] });
    assert.deepEqual(watcher.look({ new: '1' }, GONE_MS), { ready: ['new'], gone: ['old'] });
  });

  it('does not wait for ever for a file that never stands still', () => {
    watcher.look({ a: '1', log: '0' }, 0);
    for (let waitedMs = SETTLE_MS; waitedMs < MAX_HOLD_MS; waitedMs += SETTLE_MS) {
      assert.deepEqual(watcher.look({ a: '1', log: String(waitedMs) }, SETTLE_MS).ready, []);
    }
    assert.deepEqual(watcher.look({ a: '1', log: 'x' }, SETTLE_MS).ready, ['a']);
  });

  it('whatever happens to a folder, once it stands still all that is in it was read as it is now', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const listing = fc.dictionary(name, fc.constantFrom('1', '2', '3'), { noNullPrototype: true });
    const step = fc.tuple(listing, fc.integer({ min: 0, max: 600 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), listing, (steps, last) => {
        const each = new Watcher();
        const read = new Map<string, string>();
        const look = (files: { readonly [file: string]: string }, afterMs: number) => {
          const { ready, gone } = each.look(files, afterMs);
          for (const file of ready) read.set(file, files[file]!);
          for (const file of gone) read.delete(file);
        };
        for (const [files, afterMs] of steps) look(files, afterMs);
        for (let at = 0; at < 20; at += 1) look(last, 300);
        assert.deepEqual(new Map([...read].sort()), new Map(Object.entries(last).sort()));
      }),
      { numRuns: 200 },
    );
  });
});
