import assert from 'node:assert/strict';
import { DecisionMemory } from '../../core/heimdall/decision-memory.js';

describe('What a decision has done to registrations', () => {
  const ended = (memory: DecisionMemory, step: string, atMs = 1) => [...memory.before('stub', atMs, step).ended];

  it('is known to its later steps, and to no other decision', () => {
    const memory = new DecisionMemory();
    memory.note('stub', 1, 'first', { ended: ['a'] });
    memory.note('stub', 1, 'second', { replaced: ['b'] });
    assert.deepEqual(ended(memory, 'third'), ['a']);
    assert.deepEqual([...memory.before('stub', 1, 'third').replaced], ['b']);
    assert.deepEqual([...memory.before('other', 1, 'third').ended], []);
    assert.deepEqual(ended(memory, 'third', 2), []);
  });

  it('is forgotten where it is made anew in the same millisecond', () => {
    const memory = new DecisionMemory();
    memory.note('stub', 1, 'first', { ended: ['a'] });
    memory.note('stub', 1, 'second', { ended: ['b'] });
    assert.deepEqual(ended(memory, 'first'), []);
    memory.note('stub', 1, 'first', { ended: ['a'] });
    assert.deepEqual(ended(memory, 'second'), ['a']);
  });
});
