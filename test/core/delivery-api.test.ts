import assert from 'node:assert/strict';
import type { SendOutcome } from '../../core/contract/channel.js';
import { LaneRig } from '../support/lane-rig.js';
import { TestProvider } from '../support/test-provider.js';
import { until } from '../support/until.js';

const rejected = (code = 'provider_refused'): SendOutcome => ({
  result: 'rejected',
  problem: { code, message: 'No.' },
});

const NONE = { code: 'no_contact_point', message: 'None.' };
const at4 = (id: string): boolean => Number(id.slice(1)) % 4 === 0;

describe('/api/deliveries', () => {
  let rig: LaneRig;

  beforeEach(async () => {
    rig = new LaneRig(new TestProvider(400));
    await rig.http.start();
  });
  afterEach(() => rig.http.stop());

  const ask = (method: string, path: string) => rig.http.ask(method, `/api/deliveries${path}`);
  const listed = async (query: string): Promise<string[]> => {
    const { status, body } = await ask('GET', query);
    assert.equal(status, 200, JSON.stringify(body));
    return body.items.map(({ id }: { id: string }) => id);
  };
  const callsOf = (id: string) => rig.provider.calls.filter((call) => call === id).length;
  const refusedWith = async (code: string, status: number, path: string) => {
    const answer = await ask('POST', path);
    assert.deepEqual([answer.status, answer.body.error?.code], [status, code]);
  };

  it('lists them newest first, page by page, by what they are', async () => {
    await rig.store('queued');
    await rig.store('failed', {}, { status: 'failed', error: { code: 'no_contact_point', message: 'None.' } });
    await rig.deliver('accepted', { to: '2712', profile: 'second' });
    await rig.untilStatus('accepted', 'accepted');
    await rig.store('stashed', {}, { status: 'stashed' });

    assert.deepEqual(await listed(''), ['stashed', 'accepted', 'failed', 'queued']);
    for (const status of ['queued', 'failed', 'accepted', 'stashed'])
      assert.deepEqual(await listed(`?status=${status}`), [status]);
    assert.deepEqual(await listed('?status=sending'), []);
    assert.deepEqual(await listed('?profile=second'), ['accepted']);
    assert.deepEqual(await listed('?to=2712&channel=test'), ['accepted']);
    assert.deepEqual(await listed('?problem=no_contact_point'), ['failed']);
    assert.deepEqual(await listed('?problem=other'), []);

    const first = await ask('GET', '?limit=3');
    assert.equal(first.body.items.length, 3);
    assert.deepEqual(await listed(`?limit=3&cursor=${encodeURIComponent(first.body.next_cursor)}`), ['queued']);
    assert.equal((await ask('GET', '?status=nonsense')).status, 422);
  });

  it('looks at so many for one page and says where to go on', async () => {
    for (let at = 0; at < 2_500; at += 1) void rig.store(`d${at}`);
    await rig.store('last');
    const page = await ask('GET', '?to=nobody');
    assert.deepEqual(page.body.items, []);
    const rest = await ask('GET', `?to=nobody&cursor=${encodeURIComponent(page.body.next_cursor)}`);
    assert.deepEqual([rest.body.items, rest.body.next_cursor], [[], null]);
  });

  it('gives each of those that pass a filter once, page by page, where many were made in one millisecond', async () => {
    const made = Array.from({ length: 250 }, (_, at) => ({
      id: `d${at}`,
      to: `27${at % 3}`,
      created_at: new Date(Date.UTC(2026, 0, 1) + (at % 2)).toISOString(),
    }));
    for (const { id, ...more } of made) await rig.store(id, more, at4(id) ? { status: 'failed', error: NONE } : {});
    for (const query of ['to=271', 'to=271&status=failed', 'status=queued', 'problem=no_contact_point']) {
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const after: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
        const { body } = await ask('GET', `?${query}&limit=7${after}`);
        assert.ok(body.items.length <= 7);
        found.push(...body.items.map(({ id }: { id: string }) => id));
        cursor = body.next_cursor;
      }
      const expected = made.filter(({ id, to }) => {
        const wanted = new URLSearchParams(query);
        return (
          (!wanted.has('to') || wanted.get('to') === to) &&
          (!wanted.has('status') || (wanted.get('status') === 'failed') === at4(id)) &&
          (!wanted.has('problem') || at4(id))
        );
      });
      assert.deepEqual(found.toSorted(), expected.map(({ id }) => id).toSorted(), query);
    }
  });

  it('shows one with its whole history', async () => {
    await rig.deliver('one', { origin: { stubref: 's', stubpostuuid: 'p', notification: 'n', recipient: 'r' } });
    await rig.untilStatus('one', 'accepted');
    const { body } = await ask('GET', '/one');
    assert.deepEqual(
      body.history.map(({ status }: { status: string }) => status),
      ['queued', 'sending', 'accepted'],
    );
    assert.deepEqual(
      [body.status, body.round, body.origin.stubref, body.message],
      ['accepted', 1, 's', { type: 'text' }],
    );
    const unknown = await ask('GET', '/none');
    assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'delivery_unknown']);
  });

  it('shows the provider’s id, and finds a delivery by it', async () => {
    await rig.deliver('one');
    await rig.deliver('two', { to: '2712' });
    await rig.untilStatus('one', 'accepted');
    await rig.untilStatus('two', 'accepted');
    assert.equal((await ask('GET', '/one')).body.provider_id, 'w:one');
    assert.equal((await ask('GET', '?to=2712')).body.items[0].provider_id, 'w:two');
    assert.deepEqual(await listed('?provider_id=w:two'), ['two']);
    assert.deepEqual(await listed('?provider_id=w:two&channel=test&status=accepted'), ['two']);
    for (const query of [
      '?provider_id=w:three',
      '?provider_id=w:two&channel=other',
      '?provider_id=w:two&status=failed',
    ])
      assert.deepEqual(await listed(query), [], query);

    rig.provider.answer = () => rejected();
    await rig.deliver('three');
    await rig.untilStatus('three', 'failed');
    assert.equal((await ask('GET', '/three')).body.provider_id, undefined, 'the provider has none');
  });

  it('counts what failed by code and by the provider’s code, finds it by either, and logs each code now and then', async () => {
    const undeliverable = { code: 'provider_refused', message: 'Not on it.', provider_code: 131026 };
    rig.provider.answer = () => ({ result: 'rejected', problem: undeliverable });
    for (const id of ['one', 'two']) {
      await rig.deliver(id);
      await rig.untilStatus(id, 'failed');
    }
    await rig.store('three', {}, { status: 'failed', error: NONE });
    assert.deepEqual(await listed('?problem=131026'), ['two', 'one']);
    assert.deepEqual(await listed('?problem=provider_refused&status=failed'), ['two', 'one']);
    assert.deepEqual(await listed('?problem=131047'), []);
    const { body } = await rig.http.ask('GET', '/metrics');
    assert.match(body, /stubwire_deliveries_failed_total\{code="provider_refused",provider_code="131026"\} 2/);
    assert.match(body, /stubwire_deliveries_failed_total\{code="no_contact_point",provider_code=""\} 1/);

    const lines = await rig.failureLines();
    assert.deepEqual(
      lines.map(({ level, code, provider_code, count, total }) => [level, code, provider_code, count, total]).sort(),
      [
        [40, 'no_contact_point', undefined, 1, 1],
        [40, 'provider_refused', 131026, 2, 2],
      ],
    );
    assert.match(
      String(lines.find(({ provider_code }) => provider_code)!['msg']),
      /GET \/api\/deliveries\?problem=131026/,
    );
    await rig.store('four', {}, { status: 'failed', error: NONE });
    assert.equal((await rig.failureLines()).length, 2, 'not again so soon');
  });

  it('pauses and resumes any channel’s sending by hand, and what its provider has halted', async () => {
    const channel = async () => (await rig.http.ask('GET', '/api/channels')).body.items[0];
    assert.deepEqual(await channel(), {
      channel: 'test',
      profiles: [
        {
          profile: 'test-lanes',
          queue: 'test-lanes',
          paused: false,
          since: null,
          waiting_addresses: 0,
          messages_per_second: 400,
        },
      ],
    });
    const halt: SendOutcome = { result: 'halt', problem: { code: 'login_refused', message: 'The login is wrong.' } };
    rig.provider.answer = () => halt;
    await rig.deliver('one');
    const { problem, since } = await until('the pause', async () => {
      const [profile] = (await channel()).profiles;
      return profile.paused && profile;
    });
    assert.deepEqual([problem, typeof since], [{ code: 'login_refused', message: 'The login is wrong.' }, 'string']);
    const path = '/api/channels/test/profiles/test-lanes';
    const resumed = await rig.http.ask('POST', `${path}/resume`);
    assert.deepEqual([resumed.status, resumed.body.paused, resumed.body.since], [200, false, null]);
    const paused = await rig.http.ask('POST', `${path}/pause`, { reason: 'the depot moves' });
    assert.deepEqual([paused.body.paused, paused.body.problem.code], [true, 'paused_by_hand']);
    assert.match(paused.body.problem.message, /the depot moves/);
    assert.equal((await rig.http.ask('POST', `${path}/resume`)).body.paused, false);
    for (const wrong of ['/api/channels/test/profiles/main', '/api/channels/constructor/profiles/test-lanes']) {
      const { status, body } = await rig.http.ask('POST', `${wrong}/resume`);
      assert.deepEqual([status, body.error.code], [404, 'profile_unknown'], wrong);
    }
  });

  it('sends a failed one again, once, however often it is asked for at a time', async () => {
    rig.provider.answer = () => rejected();
    await rig.deliver('one', { options: { kept: true } });
    await rig.untilStatus('one', 'failed');
    rig.provider.answer = ({ id }) => rig.provider.accept(id);
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask('POST', '/one/retry')));
    assert.ok(answers.every(({ status }) => status === 202 || status === 409));
    const { history } = await rig.untilStatus('one', 'accepted', 2);
    assert.equal(callsOf('one'), 2);
    assert.equal(history.filter(({ status }) => status === 'failed').length, 1, 'what was is kept');
    await refusedWith('delivery_not_failed', 409, '/one/retry');
    assert.deepEqual(await listed('?status=failed'), []);
  });

  it('sends one again that failed again, and one whose outcome nobody knows', async () => {
    rig.provider.answer = () => rejected('unknown_outcome');
    await rig.deliver('one');
    for (const round of [1, 2, 3]) {
      const { failure } = await rig.untilStatus('one', 'failed', round);
      assert.equal(failure?.error?.code, 'unknown_outcome');
      assert.deepEqual(await listed('?problem=unknown_outcome'), ['one']);
      assert.equal((await ask('POST', '/one/retry')).status, 202);
      await until('the next try', () => callsOf('one') === round + 1);
    }
    await rig.untilStatus('one', 'failed', 4);
  });

  it('takes no report of an earlier round for one that a lost answer waits for', async () => {
    rig.provider.answer = () => rejected();
    await rig.deliver('one');
    await rig.untilStatus('one', 'failed');
    const problem = { code: 'unknown_outcome', message: 'Lost.' };
    rig.provider.answer = ({ id }) => (callsOf(id) === 2 ? { result: 'unknown', problem } : rig.provider.accept(id));
    assert.equal((await ask('POST', '/one/retry')).status, 202);
    await rig.untilStatus('one', 'accepted', 2);
    assert.equal(callsOf('one'), 3);
  });

  it('takes one out that waits in its lane, and leaves alone what is with the provider', async () => {
    let answered: (outcome: SendOutcome) => void = () => undefined;
    rig.provider.answer = () => new Promise((resolve) => (answered = resolve));
    for (const id of ['first', 'second', 'third']) await rig.deliver(id);
    await rig.untilStatus('first', 'sending');
    await refusedWith('delivery_under_way', 409, '/first/cancel');
    assert.equal((await ask('POST', '/second/cancel')).status, 202);
    rig.provider.answer = ({ id }) => rig.provider.accept(id);
    // The lane reads its letters when the call is over, and before it takes the next message.
    await until('the letter to reach the lane', async () => (await rig.letters('test-lanes', '27825550101')) > 0);
    answered(rig.provider.accept('first'));
    await rig.untilStatus('third', 'accepted');
    const { failure } = await rig.untilStatus('second', 'failed');
    assert.equal(failure?.error?.code, 'cancelled');
    assert.equal(callsOf('second'), 0);
    await refusedWith('delivery_under_way', 409, '/third/cancel');
    await refusedWith('delivery_under_way', 409, '/second/cancel');
  });

  it('takes one out that rests after a refusal', async () => {
    const problem = { code: 'provider_refused', message: 'Too many to one.' };
    rig.provider.answer = () => ({ result: 'later', afterMs: 60_000, problem });
    await rig.deliver('one');
    await until('its rest', async () => (await rig.stored('one')).resting);
    assert.equal((await ask('POST', '/one/cancel')).status, 202);
    await rig.untilStatus('one', 'failed');
    assert.equal(callsOf('one'), 1);
  });

  it('does nothing with what was never planned, nor with the channel’s own', async () => {
    const failed = { status: 'failed', error: { code: 'no_contact_point', message: 'None.' } } as const;
    const { via: _, ...unplanned } = await rig.store('unplanned', {}, failed);
    await rig.write([['HSET', rig.key('unplanned'), 'doc', JSON.stringify(unplanned)]]);
    await refusedWith('delivery_fixed', 409, '/unplanned/retry');
    await refusedWith('delivery_fixed', 409, '/unplanned/cancel');
    await refusedWith('delivery_unknown', 404, '/none/retry');
  });
});
