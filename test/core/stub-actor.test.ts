import assert from 'node:assert/strict';
import { Postponed } from '../../core/actor/postponed.js';
import { StubActor } from '../../core/stub/stub-actor.js';
import { HttpRig } from './http-rig.js';

describe('a stub whose template is not here', () => {
  const rig = new HttpRig();
  const turn = { id: '2026-11-23-48G9-8AEQ', state: null, nowMs: 1_000_000_000 };
  const born = (waitedMs: number) => {
    const body = { type: 'create', template: 'late', subject: '', message: '', data: {} } as const;
    const letter = { id: 'l', atMs: turn.nowMs - waitedMs, body: { ...body, contact_lists: {}, posted_by: {} } };
    return rig.container.get(StubActor).decide(turn, letter);
  };
  after(() => rig.stop());

  it('waits without limit, checking often at first: another process may have the file already', async () => {
    for (const [waitedMs, afterMs] of [
      [0, 500],
      [4_000, 2_000],
      [299_000, 30_000],
      [30 * 86_400_000, 30_000],
    ] as const)
      await assert.rejects(born(waitedMs), (error) => error instanceof Postponed && error.afterMs === afterMs);
  });
});
