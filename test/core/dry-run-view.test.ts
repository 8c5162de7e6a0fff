import assert from 'node:assert/strict';
import { eventsOf, hasFailure, lettersOf, timersOf } from '../../core/dry-run/dry-run-view.js';
import { EventBus } from '../../core/heimdall/event-bus.js';
import { Keys } from '../../core/redis/keys.js';
import type { PostView } from '../../core/stub/stub-store.js';
import { HttpRig } from './http-rig.js';

describe('what a dry run shows', () => {
  it('events that a run would emit, and nothing else of its writes', async () => {
    const rig = new HttpRig();
    const event = {
      id: 'path',
      paths: ['parcel.arrived', 'parcel.*'],
      mechanism: 'evt',
      data: { id: 'x', path: 'y' },
    } as const;
    const { writes } = await rig.container.get(EventBus).emission(event, { id: 'source', nowMs: 0 });
    const others = [['SET', 'key', 'value'] as const, ['XADD', 'another', '*', 'path', 'p'] as const];
    assert.deepEqual(eventsOf([...writes, ...others], rig.container.get(Keys)), [
      { path: 'parcel.arrived', mechanism: 'evt', data: { id: 'x', path: 'y' } },
      { path: 'parcel.*', mechanism: 'evt', data: { id: 'x', path: 'y' } },
    ]);
    await rig.stop();
  });

  it('letters and timers with whom they go to and when', () => {
    const tell = { to: { kind: 'stub', id: 'a' }, id: 'l', body: { type: 'run' } };
    assert.deepEqual(lettersOf([tell]), [{ to: { kind: 'stub', id: 'a' }, letter: { type: 'run' } }]);
    assert.deepEqual(timersOf([{ queue: 'q', id: 't', atMs: 0, tell }]), [
      { at: '1970-01-01T00:00:00.000Z', to: { kind: 'stub', id: 'a' }, letter: { type: 'run' } },
    ]);
  });

  it('a failure is a refusal, a failed task, a notification that could not be made, or a failed delivery', () => {
    const post = (more: object): PostView => ({ tasks: {}, notifications: {}, ...more }) as PostView;
    const error = { code: 'x', message: 'y' };
    const delivery = (status: string) => ({ n: { success: true, deliveries: [{ status }] } });
    const TABLE: readonly [more: object, expected: boolean][] = [
      [{}, false],
      [{ tasks: { a: { success: true, skipped: true, task_duration_ms: 0 } } }, false],
      [{ notifications: delivery('stashed') }, false],
      [{ refused: error }, true],
      [{ tasks: { a: { success: false, error, task_duration_ms: 0 } } }, true],
      [{ notifications: { n: { success: false, error, deliveries: [] } } }, true],
      [{ notifications: delivery('failed') }, true],
    ];
    for (const [more, expected] of TABLE) assert.equal(hasFailure(post(more)), expected, JSON.stringify(more));
  });
});
