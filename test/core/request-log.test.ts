import assert from 'node:assert/strict';
import { until } from '../support/until.js';
import { HttpRig } from './http-rig.js';

const TOKEN = { name: 'desk', token: 'token-of-an-operator', role: 'operator' } as const;
const BY_DESK = { authorization: `Bearer ${TOKEN.token}` };

describe('the log of requests', () => {
  let rig: HttpRig;

  beforeEach(async () => {
    rig = await new HttpRig({ http: { tokens: [TOKEN] } }).start();
  });

  afterEach(() => rig.stop());

  it('logs requests without bodies, numbers or tokens', async () => {
    await rig.ask('POST', '/api/contacts', { name: 'Thandi', mobile: '0825550101' }, BY_DESK);
    await rig.ask('GET', '/api/contacts?mobile=0825550101', undefined, BY_DESK);
    await until('both lines', () => rig.log.filter((line) => line.includes('"request"')).length === 2);
    const lines = rig.log.join('');
    assert.match(lines, /"method":"POST","route":"\/api\/contacts","status":201/);
    assert.match(lines, /"caller":"desk"/);
    assert.doesNotMatch(lines, /Thandi|5550101|token-of/);
  });

  it('logs who did what to whom: ids as they are, and of anything else in a path the last four characters', async () => {
    const make = async (name: string) => (await rig.ask('POST', '/api/contacts', { name }, BY_DESK)).body.contactuuid;
    const [one, other] = [await make('A'), await make('B')];
    const unknown = '11111111-1111-4111-8111-111111111111';
    const letter = encodeURIComponent('stub|main:27825550101|Thandi@example.com');
    await rig.ask('POST', `/api/contacts/${one}/merge`, { contactuuid: other }, BY_DESK);
    await rig.ask('DELETE', `/api/contacts/${one}`, undefined, BY_DESK);
    await rig.ask('DELETE', '/api/contacts/+27825550101', undefined, BY_DESK);
    await rig.ask('POST', `/api/deliveries/${unknown}/cancel`, undefined, BY_DESK);
    await rig.ask('POST', `/api/dead-letters/${letter}/drop`, undefined, BY_DESK);
    await rig.ask('POST', '/api/stubs/2026-01-01-AAAA-BBBB/actions/note', {}, BY_DESK);
    await until('all lines', () => rig.log.filter((line) => line.includes('"request"')).length === 8);
    const lines = rig.log.filter((line) => line.includes('"request"')).map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.slice(2).map(({ subject }) => subject),
      [
        { contactuuid: one, merged: other },
        { contactuuid: one },
        { contactuuid: '********0101' },
        { id: unknown },
        { id: 'stub|main:*******0101|**************.com' },
        { stubref: '2026-01-01-AAAA-BBBB', action: 'note' },
      ],
    );
    assert.ok(lines.every(({ caller }) => caller === 'desk'));
    assert.doesNotMatch(rig.log.join(''), /2782555|Thandi/);
  });
});
