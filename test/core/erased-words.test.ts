import assert from 'node:assert/strict';
import fc from 'fast-check';
import { naming, redacted, redacting } from '../../core/stub/erasure.js';

const PERSON = {
  names: ['Anne-Marie (Xoli) Mbeki', 'Al'],
  points: [
    { type: 'mobile', contact: '27829998877' },
    { type: 'email', contact: 'anne-marie@example.org' },
    { type: 'whatsapp_user', contact: 'ZA.Abc123' },
  ],
  ids: ['4541c749-13a2-5f68-beb0-d2c809df707f'],
} as const;

describe('The words that name a person', () => {
  const redact = redacting(PERSON);

  for (const written of [
    '27829998877',
    '+27829998877',
    '+27 82 999 8877',
    '+27 (0)82 999 8877',
    '0027 82 999-8877',
    '0829998877',
    '082 999 8877',
    '(082) 999-8877',
    '082.999.8877',
    '082/999/8877',
    '+27\u00a082\u00a0999\u00a08877',
    '\u202a+27 82 999 8877\u202c'.slice(1, -1),
    'anne-marie@example.org',
    'ANNE-MARIE (xoli) mbeki',
    'ZA.Abc123',
    'ZA%2EAbc123',
  ]) {
    it(`are found as ${written}`, () => {
      assert.equal(redact(written), '[erased]');
      assert.equal(redact(`tell ${written}, please`), 'tell [erased], please');
    });
  }

  for (const other of [
    '278299988770',
    '127829998877',
    '082 999 8876',
    '9998877',
    'Also Al',
    'anne-marie@example.orgs',
  ]) {
    it(`are not ${other}`, () => assert.equal(redact(other), other));
  }

  it('are found in what is stored as JSON, also behind a line break, and as a number', () => {
    const names = naming(PERSON);
    assert.equal(names(JSON.stringify({ deep: [{ text: 'Ring\n082 999 8877' }] })), true);
    assert.equal(names(JSON.stringify({ tel: 27_829_998_877 })), true);
    assert.equal(names(`about ${PERSON.ids[0]}`), true);
    assert.equal(names(JSON.stringify({ text: 'Ring somebody else', tel: 27_829_998_878 })), false);
    assert.deepEqual(redacted({ '082 999 8877': [27_829_998_877, 5] }, redact), { '[erased]': ['[erased]', 5] });
  });

  it('are found however the digits are set apart, and any name and address can be looked for (property)', () => {
    const gap = fc.constantFrom('', ' ', '-', '.', ' - ', '\u00a0', '\u2011', ') ');
    fc.assert(
      fc.property(fc.array(gap, { minLength: 10, maxLength: 10 }), (gaps) => {
        const spaced = [...'27829998877'].map((digit, at) => digit + (gaps[at] ?? '')).join('');
        assert.equal(redact(`tel ${spaced};`), 'tel [erased];');
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, email) => {
        redacting({ names: [name], points: [{ type: 'email', contact: email }] })('any text');
      }),
    );
  });
});
