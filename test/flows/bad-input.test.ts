import assert from 'node:assert/strict';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const TEMPLATE = `
template: notes
initial_state: open
states:
  open: { actions: [send, close] }
  done: { actions: [], structure: { meta: { is_done: true } } }
actions:
  send:
    fields:
      count: { fieldtype: number, title: How many, validations: { needed: { validationtype: required } } }
    notifications:
      note:
        send_to:
          all: { type: contact_list, value: people }
          loose: { type: mobile, value: "{{stub.data.number}}" }
        platforms:
          meta_whatsapp:
            message_type: text
            whatsapp_profile_name: "{{stub.data.profile}}"
            params: { text: { body: "{{stubpost.message}}" } }
  close: { to_state: done }
`;

describe('Bad input', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ notes: TEMPLATE });
  });
  after(() => host.stop());

  const code = async (method: string, path: string, body: object, status: number) => {
    const { error } = await host.ask(method, path, body, status);
    assert.ok(error.message.length > 20, 'the message says what to do');
    return error.code;
  };
  const newStub = async (data: object, people: unknown[] = []) =>
    (await host.ask('POST', '/api/stubs', { template: 'notes', data, contact_lists: { people } }, 201)).stubref;
  const deliveries = async (stubref: string, message: string) => {
    const { stubpostuuid } = await host.run(stubref, 'send', { message, data: { count: 1 } });
    const post = await until('the deliveries to end', async () => {
      const found = await host.post(stubpostuuid);
      return (
        found.notifications.note.deliveries.every(({ status }: { status: string }) => status !== 'queued') && found
      );
    });
    return post.notifications.note.deliveries.map(
      (delivery: { recipient: string; status: string; history: { error?: object }[] }) => [
        delivery.recipient,
        delivery.status,
        (delivery.history.at(-1)?.error as { code: string } | undefined)?.code,
      ],
    );
  };

  it('names what is unknown: template, stub, action, contact', async () => {
    assert.equal(await code('POST', '/api/stubs', { template: 'nots' }, 422), 'template_unknown');
    assert.equal(await code('POST', '/api/stubs/2026-01-01-AAAA-AAAA/actions/send', {}, 404), 'stub_unknown');
    const stubref = await newStub({});
    assert.equal(await code('POST', `/api/stubs/${stubref}/actions/sned`, {}, 404), 'action_unknown');
    assert.equal(
      await code('PATCH', '/api/contacts/8a3f6f0e-0000-4000-8000-000000000000', { name: 'X' }, 404),
      'contact_unknown',
    );
  });

  it('refuses an action that the state does not list, and changes nothing', async () => {
    const stubref = await newStub({});
    await host.run(stubref, 'close');
    assert.equal(
      await code('POST', `/api/stubs/${stubref}/actions/send?wait=2000`, { data: { count: 1 } }, 409),
      'action_not_in_state',
    );
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.deepEqual([stub.state, stub.version], ['done', 2]);
  });

  it('refuses a run whose field is missing or of the wrong type, before anything of it happens', async () => {
    const stubref = await newStub({});
    assert.equal(await code('POST', `/api/stubs/${stubref}/actions/send?wait=2000`, {}, 422), 'field_invalid');
    assert.equal(
      await code('POST', `/api/stubs/${stubref}/actions/send?wait=2000`, { data: { count: 'many' } }, 422),
      'field_invalid',
    );
    assert.deepEqual(
      (await host.posts(stubref)).map(({ refused }) => refused?.code),
      [undefined, 'field_invalid', 'field_invalid'],
    );
  });

  it('refuses a number that is none, and keys that do not exist', async () => {
    assert.equal(await code('POST', '/api/contacts', { name: 'X', mobile: '12' }, 422), 'number_invalid');
    assert.equal(await code('POST', '/api/contacts', { name: 'X', mobil: '0825550101' }, 422), 'validation_failed');
    assert.equal(
      await code(
        'POST',
        '/api/stubs',
        { template: 'notes', contact_lists: { people: [{ mobile: 'none', name: 'X' }] } },
        422,
      ),
      'number_invalid',
    );
  });

  it('fails the delivery that cannot be made and lets the others go on', async () => {
    const { contactuuid } = await host.ask('POST', '/api/contacts', { name: 'No number' }, 201);
    const stubref = await newStub({ number: '0835550102', profile: 'second' }, [
      contactuuid,
      { mobile: '0835550103', name: 'Reached' },
    ]);
    assert.deepEqual(await deliveries(stubref, 'hello'), [
      ['all', 'failed', 'no_contact_point'],
      ['all', 'stashed', undefined],
      ['loose', 'stashed', undefined],
    ]);
  });

  it('holds Meta’s limits after substitution too: nothing over them is sent', async () => {
    const stubref = await newStub({ number: '0835550104', profile: 'main' }, []);
    const [, [, status, error]] = await deliveries(stubref, 'x'.repeat(4_097));
    assert.deepEqual([status, error], ['failed', 'validation_failed']);
    const [, [, unknown, why]] = await deliveries(await newStub({ number: '0835550104', profile: 'third' }), 'hi');
    assert.deepEqual([unknown, why], ['failed', 'validation_failed']);
    assert.deepEqual(await host.arrived('27835550104').catch(() => []), []);
  });

  it('refuses a body that is over the limit or no JSON', async () => {
    assert.equal(await code('POST', '/api/contacts', { name: 'x'.repeat(1_100_000) }, 413), 'body_too_large');
    const response = await fetch(`${host.url}/api/contacts`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(response.status, 400);
  });
});
