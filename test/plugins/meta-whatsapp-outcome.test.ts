import assert from 'node:assert/strict';
import { outcomeOf } from '../../plugins/meta_whatsapp/send-outcome.js';

const refused = (code: number, more: object = {}) =>
  outcomeOf(400, JSON.stringify({ error: { message: `(#${code}) no`, code, ...more } }));

describe('meta_whatsapp: what Meta’s answer to a send means', () => {
  it('an id is acceptance', () => {
    assert.deepEqual(outcomeOf(200, '{"messages":[{"id":"wamid.1"}]}'), { result: 'accepted', providerId: 'wamid.1' });
  });

  const table: readonly (readonly [string, readonly number[]])[] = [
    ['retry none', [4, 80007]],
    ['retry rate', [130429]],
    ['retry pair', [131056]],
    ['unknown', [1, 2, 131000, 131016]],
    ['later', [131057, 133004, 134101, 2494100]],
    ['window_closed', [131047]],
    [
      'rejected',
      [
        0, 3, 10, 33, 100, 190, 200, 299, 368, 130403, 130472, 130497, 131005, 131008, 131009, 131021, 131026, 131030,
        131031, 131037, 131042, 131045, 131048, 131049, 131050, 131051, 131053, 131060, 131062, 131064, 132000, 132001,
        132005, 132007, 132012, 132015, 132016, 132018, 133010, 135000,
      ],
    ],
  ];
  for (const [expected, codes] of table) {
    it(`${expected}: ${codes.length} codes`, () => {
      for (const code of codes) {
        const outcome = refused(code);
        assert.equal(outcome.result === 'retry' ? `retry ${outcome.limit}` : outcome.result, expected, `code ${code}`);
        if (outcome.result !== 'accepted') assert.equal(outcome.problem.provider_code, code);
      }
    });
  }

  it('a code that is not known is final, unless Meta calls it transient: then nobody knows', () => {
    assert.equal(refused(999_999).result, 'rejected');
    assert.equal(refused(999_999, { is_transient: true }).result, 'unknown');
  });

  it('no word of Meta’s: 5xx and an empty 200 leave it open, 4xx does not', () => {
    assert.equal(outcomeOf(502, '<html>').result, 'unknown');
    assert.equal(outcomeOf(200, '').result, 'unknown');
    assert.equal(outcomeOf(404, 'not here').result, 'rejected');
    assert.equal(outcomeOf(429, '').result, 'retry');
  });
});
