import assert from 'node:assert/strict';
import { StubwireError } from '../../core/errors.js';
import { mobileNumber } from '../../core/stub/phone-number.js';

function refusal(given: string, country: string): StubwireError {
  try {
    mobileNumber(given, country);
  } catch (error) {
    assert.ok(error instanceof StubwireError);
    return error;
  }
  throw new Error('was taken');
}

describe('a mobile number', () => {
  it('is kept as E.164 digits without the plus, however it was written', () => {
    for (const given of [
      '+27 82 555 0101',
      '082-555-0101',
      '(082) 555 0101',
      '0027825550101',
      '27825550101',
      '825550101',
      ' +27825550101 ',
    ]) {
      assert.equal(mobileNumber(given, 'ZA'), '27825550101', given);
    }
  });

  it('of another country needs no plus where its digits are no number at home', () => {
    assert.equal(mobileNumber('447700900123', 'ZA'), '447700900123');
    assert.equal(mobileNumber('15550000001', 'ZA'), '15550000001');
  });

  it('is read as the country where the digits are a mobile number, else as the national one', () => {
    assert.equal(mobileNumber('27825550101', 'DE'), '27825550101');
    assert.equal(mobileNumber('2025550123', 'US'), '12025550123');
    assert.equal(mobileNumber('01512 3456789', 'DE'), '4915123456789');
  });

  it('with a plus is never national', () => {
    assert.equal(mobileNumber('+2025550123', 'US'), '2025550123');
  });

  it('keeps its form when it is given again as it is stored', () => {
    for (const stored of ['27825550101', '4915123456789', '12025550123', '5491123456789']) {
      assert.equal(mobileNumber(stored, 'ZA'), stored);
    }
  });

  it('that is none is refused with what was given masked, what is expected, and an example', () => {
    for (const given of [
      '',
      'abc',
      '123',
      '+27 82',
      '+999123456789',
      '0825550101 x4',
      'call 0825550101',
      `${'9'.repeat(50)}`,
    ]) {
      const error = refusal(given, 'ZA');
      assert.equal(error.code, 'number_invalid');
      assert.match(error.message, /ZA.*|\+27711234567/);
      assert.equal((error.options.details as { example: string }).example, '+27711234567');
    }
    assert.match(refusal('+278255501019999', 'ZA').message, /"\*{12}9999"/);
    assert.doesNotMatch(refusal('+278255501019999', 'ZA').message, /2782555/);
  });

  it('is refused, not a crash, where the country of the configuration is none', () => {
    assert.equal(refusal('0825550101', 'XX').code, 'number_invalid');
    assert.equal(mobileNumber('+27825550101', 'XX'), '27825550101');
  });
});
