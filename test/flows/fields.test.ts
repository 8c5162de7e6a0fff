import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';

const TEMPLATE = `
template: claim
initial_state: open
data: { sizes: [ { label: Small, value: s }, { label: Large, value: l } ], sixty: 60 }
states: { open: { actions: [every_type, address, pick, guarded, forced] } }
actions:
  every_type:
    fields:
      what: { fieldtype: text, title: What happened, params: { max_length: 20 }, validations: { needed: { validationtype: required, invalid_message: Say what happened } } }
      amount: { fieldtype: number, params: { min: 1, max: "~~template.data.sixty" } }
      urgent: { fieldtype: boolean, initvalue: { default: false } }
      day: { fieldtype: date, params: { earliest: "2026-01-01", latest: "2026-12-31", with_time: false } }
      moment: { fieldtype: date, params: { with_time: true } }
      size: { fieldtype: select, params: { options: "~~template.data.sizes" } }
      sizes: { fieldtype: select, params: { options: [a, b, c], multiple: true } }
      proof: { fieldtype: file, params: { max_files: 2 } }
      owner: { fieldtype: contact }
      witnesses: { fieldtype: contact, params: { multiple: true } }
      raw: { fieldtype: json }
  address:
    fields:
      street: { details: { datapath: address } }
      postal: { details: { datapath: address, keyname: code, description: Four digits } }
  pick:
    fields:
      colour: { fieldtype: select, params: { options: [red, other] } }
      which:
        conditions: 'form.data.colour = "other"'
        validations: { needed: { validationtype: required } }
  guarded:
    fields:
      code:
        validations:
          form: { validationtype: regex, params: { regex: "^[a-z]{3}$", flags: i }, invalid_message: Three letters }
          fresh: { validationtype: jsonata, params: { jsonata: '$not(value = stub.data.code)' }, invalid_message: Not the same again }
      codes: { fieldtype: select, params: { options: [ab, abc], multiple: true }, validations: { form: { validationtype: regex, params: { regex: "^..$" } } } }
  forced:
    fields:
      by: { initvalue: { override: "{{org.name}}" } }
      size: { fieldtype: select, params: { options: "~~stub.data.nothing" } }
`;

describe('The fields of an action', () => {
  let host: StoryHost;
  let stubref: string;
  before(async () => {
    host = await StoryHost.start({ claim: TEMPLATE });
  });
  after(() => host.stop());
  beforeEach(async () => {
    stubref = await host.newStub('claim', '0825550141');
  });

  const refused = async (action: string, data: object, status = 422) => {
    const { error } = await host.ask('POST', `/api/stubs/${stubref}/actions/${action}?wait=30000`, { data }, status);
    return error;
  };

  it('take each type in the forms that people and programs send, and land typed', async () => {
    const file = await host.upload(new TextEncoder().encode('a picture'), 'proof.txt', 'text/plain');
    const contact = (mobile: string) => host.ask('POST', '/api/contacts', { name: mobile, mobile }, 201);
    const { contactuuid: owner } = await contact('0825550142');
    const { contactuuid: witness } = await contact('0825550143');
    const { data } = await host.run(stubref, 'every_type', {
      data: {
        what: 'It fell',
        amount: '12.50',
        day: '2026-11-23',
        moment: '2026-11-23T09:30:00+02:00',
        size: 'l',
        sizes: ['c', 'a'],
        proof: file,
        owner: { type: 'mobile', contact: '+27 82 555 0142' },
        witnesses: [owner, witness, owner],
        raw: { any: [1, null] },
      },
    });
    assert.deepEqual(
      data.proof.map(({ fileuuid, originalname }: Record<string, string>) => [fileuuid, originalname]),
      [[file, 'proof.txt']],
    );
    delete data.proof;
    assert.deepEqual(data, {
      what: 'It fell',
      amount: 12.5,
      urgent: false,
      day: '2026-11-23',
      moment: '2026-11-23T09:30:00+02:00',
      size: 'l',
      size_label: 'Large',
      sizes: ['c', 'a'],
      sizes_label: ['c', 'a'],
      owner,
      witnesses: [owner, witness],
      raw: { any: [1, null] },
    });
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual([stub.data.amount, stub.data.owner, stub.version], [12.5, owner, 2]);
  });

  it('of which several are wrong refuse the run with all of them, and nothing happens but the entry that says so', async () => {
    const before = await host.ask('GET', `/api/stubs/${stubref}`);
    const error = await refused('every_type', {
      amount: 61,
      urgent: 'yes',
      day: '2026-02-30',
      moment: '2026-11-23',
      size: 'xl',
      sizes: ['a', 'a'],
      proof: [],
      raw: 1,
    });
    assert.equal(error.code, 'field_invalid');
    assert.deepEqual(
      error.details.map(({ field }: { field: string }) => field),
      ['what', 'amount', 'urgent', 'day', 'moment', 'size', 'sizes'],
    );
    const of = (name: string) => error.details.find(({ field }: { field: string }) => field === name).message;
    assert.equal(
      of('what'),
      '"what" (What happened) is missing; expected text of up to 20 characters: Say what happened',
    );
    assert.equal(of('amount'), '"amount" (amount) is 61; expected a number from 1 up to 60');
    assert.equal(of('size'), '"size" (size) is "xl"; expected one of: s, l');
    assert.equal(
      of('day'),
      '"day" (day) is "2026-02-30"; expected a date such as 2026-11-23, not before 2026-01-01, not after 2026-12-31',
    );
    const { version: _, updated_at: __, ...after } = await host.ask('GET', `/api/stubs/${stubref}`);
    const { version: ___, updated_at: ____, ...was } = before;
    assert.deepEqual(after, was);
    const [, entry] = await host.posts(stubref);
    assert.deepEqual([entry.refused.code, entry.tasks, entry.to_state], ['field_invalid', {}, 'open']);
  });

  it('name the file or the contact that there is not', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000';
    assert.equal((await refused('every_type', { what: 'x', proof: nobody }, 404)).code, 'file_unknown');
    assert.equal((await refused('every_type', { what: 'x', owner: nobody }, 404)).code, 'contact_unknown');
    assert.equal(
      (await refused('every_type', { what: 'x', owner: { type: 'mobile', contact: 'no number' } }, 404)).code,
      'contact_unknown',
    );
    assert.equal((await refused('every_type', { what: 'x', proof: ['a', 'b', 'c'] })).code, 'field_invalid');
  });

  it('nest by their datapath, whichever way they are posted, and leave alone what stands beside', async () => {
    const first = await host.run(stubref, 'address', { data: { street: '1 Long St', other: 'kept' } });
    assert.deepEqual(first.data, { other: 'kept', address: { street: '1 Long St' } });
    const second = await host.run(stubref, 'address', { data: { address: { code: '8001' } } });
    assert.deepEqual(second.data, { address: { code: '8001' } });
    const { data } = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual(data, { other: 'kept', address: { street: '1 Long St', code: '8001' } });
    assert.match((await refused('address', { address: 'no map', street: 'x' })).message, /posted as no map/);
  });

  it('count only while their conditions hold over what was posted', async () => {
    assert.deepEqual((await host.run(stubref, 'pick', { data: { colour: 'red' } })).data, {
      colour: 'red',
      colour_label: 'red',
    });
    assert.match((await refused('pick', { colour: 'other' })).message, /"which" \(which\) is missing; expected text/);
    assert.equal((await host.run(stubref, 'pick', { data: { colour: 'other', which: 'teal' } })).data.which, 'teal');
  });

  it('pass their validations or say in the author’s words why not', async () => {
    assert.match(
      (await refused('guarded', { code: 'abcd' })).message,
      /expected text that matches \/\^\[a-z\]\{3\}\$\/i: Three letters/,
    );
    await host.run(stubref, 'guarded', { data: { code: 'ABC', codes: ['ab'] } });
    assert.match(
      (await refused('guarded', { code: 'ABC' })).message,
      /for which \$not\(value = stub\.data\.code\) holds: Not the same again/,
    );
    assert.match((await refused('guarded', { codes: ['ab', 'abc'] })).message, /expected text that matches/);
  });

  it('take the override whatever is posted, and options that are not there are a problem of the field alone', async () => {
    const { data } = await host.run(stubref, 'forced', { data: { by: 'somebody else' } });
    assert.equal(data.by, 'Demo Parcels');
    assert.match((await refused('forced', { size: 's' })).message, /one of: nothing, for it has no options/);
  });

  it('stand in the list of actions as a form needs them, filled in', async () => {
    const { items } = await host.ask('GET', `/api/stubs/${stubref}/actions`);
    const named = (name: string) => items.find((action: { name: string }) => action.name === name);
    const [what, amount, , , , size] = named('every_type').fields;
    assert.deepEqual([what.required, what.params, what.title], [true, { max_length: 20 }, 'What happened']);
    assert.deepEqual(amount.params, { min: 1, max: 60 });
    assert.deepEqual(size.params.options, [
      { label: 'Small', value: 's' },
      { label: 'Large', value: 'l' },
    ]);
    const postal = named('address').fields[1];
    assert.deepEqual([postal.lands_at, postal.description], ['address.code', 'Four digits']);
    assert.deepEqual(named('forced').fields[0].initvalue, { override: 'Demo Parcels' });
    const form = named('guarded').fields[0].validations[0];
    assert.deepEqual([form.params.regex, form.invalid_message], ['^[a-z]{3}$', 'Three letters']);
  });
});
