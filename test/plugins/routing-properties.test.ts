import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Conversation,
  NEW_CONVERSATION,
  type StashedMessage,
} from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { acceptOutgoing, takeBack } from '../../plugins/meta_whatsapp/conversation/outgoing.js';
import { leftWith } from '../../plugins/meta_whatsapp/conversation/stubsession.js';
import { route } from '../../plugins/meta_whatsapp/routing/route.js';
import type { RoutingInput } from '../../plugins/meta_whatsapp/routing/routing-rule.js';

const NOW_MS = 1_000_000_000_000;
const limits = { messages: 5, keepMs: 3_600_000, askAgainMs: 7_200_000 };

/** What the model says: the first rule of its table that applies. */
function ruleOf({ conversation, ...input }: RoutingInput): string {
  const isThere = (stubref: string) => !input.unknownStubs.has(stubref);
  const { session, nextreply, nextreplySetAtMs } = conversation;
  const isHeld = session && input.storedAtMs < session.untilMs && isThere(session.stubref);
  if (input.isAside) {
    const { stubref } = input.referred ?? {};
    if (stubref !== undefined && isThere(stubref)) return 'referred message';
    return isHeld ? 'stubsession' : 'recorded';
  }
  const [word] = input.text.trim().toLowerCase().split(/\s/);
  if (input.isText && input.commands.some((command) => word === `/${command}`)) return 'command';
  if (input.specificReplyUuid !== undefined) return 'specificreply';
  const isAsked = nextreply && input.storedAtMs < nextreply.untilMs && nextreplySetAtMs <= input.takenAtMs;
  if (isAsked && isThere(nextreply.stubref)) return 'nextreply';
  return isHeld ? 'stubsession' : 'unsolicited';
}

describe('meta_whatsapp: routing, whatever comes (properties)', () => {
  const stubrefs = fc.constantFrom('A', 'B', 'C');
  const hold = fc.option(fc.record({ stubref: stubrefs, untilMs: fc.nat(10), feedbackAction: fc.constant('act') }), {
    nil: undefined,
  });
  const inputs: fc.Arbitrary<RoutingInput> = fc
    .record({
      session: hold,
      nextreply: hold,
      nextreplySetAtMs: fc.nat(10),
      text: fc.constantFrom('hello', '/run', ' /RUN a b', '/demo x', '/', 'run', '/runner'),
      isText: fc.boolean(),
      isAside: fc.boolean(),
      storedAtMs: fc.nat(10),
      takenAtMs: fc.nat(10),
      commands: fc.constantFrom([], ['run'], ['run', 'demo']),
      specificReplyUuid: fc.option(fc.constant('u'), { nil: undefined }),
      referred: fc.option(fc.record({ stubref: stubrefs }, { requiredKeys: [] }), { nil: undefined }),
      unknownStubs: fc.subarray(['A', 'B', 'C']).map((list) => new Set(list)),
    })
    .map(({ session, nextreply, nextreplySetAtMs, specificReplyUuid, referred, ...rest }) => ({
      ...rest,
      profile: 'main',
      from: '2782',
      conversation: {
        ...NEW_CONVERSATION,
        nextreplySetAtMs,
        ...(session && { session }),
        ...(nextreply && { nextreply }),
      },
      ...(specificReplyUuid !== undefined && { specificReplyUuid }),
      ...(referred && { referred }),
    }));

  it('one rule takes the message: the first of the model’s that applies, and those before it say why not', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { rule, routed, passed } = route(input);
        assert.equal(rule, ruleOf(input));
        assert.ok(!passed.some((one) => one.rule === rule) && passed.every(({ why }) => why.length > 10));
        assert.equal(routed.usesUpNextreply === true, rule === 'nextreply', 'only the rule of that name uses it up');
        const goesToStub = ['referred message', 'nextreply', 'stubsession'].includes(rule);
        assert.equal(routed.stub !== undefined, goesToStub);
        assert.ok(!routed.stub || !input.unknownStubs.has(routed.stub.stubref));
        assert.equal(routed.event === undefined, rule === 'recorded' || rule === 'referred message');
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('meta_whatsapp: the stash, whatever happens (properties)', () => {
  /** `send` one more; the client `allows`; Meta `closes` the window and refuses what stands in the lane; the lane `sends` one. */
  const steps = fc.array(fc.constantFrom('send', 'send', 'send', 'allows', 'closes', 'sends'), { maxLength: 40 });

  it('messages leave in the order they were accepted; each is sent, waits, or is refused for the limit', () => {
    fc.assert(
      fc.property(steps, (list) => {
        let conversation: Conversation = NEW_CONVERSATION;
        let [lane, sent, refused]: [StashedMessage[], string[], number] = [[], [], 0];
        list.forEach((step, at) => {
          const nowMs = NOW_MS + at;
          if (step === 'send') {
            const message = { delivery: `d${at}`, needsNoWindow: false, round: 1, to: '1' };
            const outgoing = acceptOutgoing(conversation, message, limits, nowMs);
            conversation = outgoing.conversation;
            if (outgoing.to === 'lane') lane.push(outgoing.message);
            if (outgoing.to === 'nobody') {
              refused += 1;
              assert.equal(outgoing.problem.code, 'stash_full');
              assert.ok(conversation.stash.length >= limits.messages);
            }
          } else if (step === 'allows') {
            lane.push(...conversation.stash);
            conversation = { ...conversation, stash: [], requests: [], windowUntilMs: nowMs + 86_400_000 };
          } else if (step === 'closes') {
            for (const message of lane) {
              const back = takeBack(conversation, message, limits, nowMs);
              assert.ok(back.to === 'stash', 'nothing is lost, however full it is');
              conversation = back.conversation;
            }
            lane = [];
            conversation = { ...conversation, windowUntilMs: 0 };
          } else sent.push(...lane.splice(0, 1).map(({ delivery }) => delivery));
        });
        const all = [...sent, ...lane.map(({ delivery }) => delivery), ...conversation.stash.map((m) => m.delivery)];
        const accepted = list.flatMap((step, at) => (step === 'send' ? [`d${at}`] : []));
        assert.equal(all.length + refused, accepted.length, 'each once');
        assert.deepEqual(
          all,
          accepted.filter((delivery) => all.includes(delivery)),
          'in order',
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it('changes of sessions hold as the latest message wants them, in whatever order messages leave', () => {
    const changes = fc.record(
      {
        set_new_with_timeout_hours: fc.integer({ min: 1, max: 5 }),
        set_nextreply_with_timeout_minutes: fc.integer({ min: 1, max: 5 }),
        cancel_current_existing_stubsession: fc.boolean(),
      },
      { requiredKeys: ['cancel_current_existing_stubsession'] },
    );
    const messages = fc.array(changes, { maxLength: 6 }).chain((list) =>
      fc.shuffledSubarray(
        list.map(
          (one, at): StashedMessage => ({
            delivery: `d${at}`,
            seq: at + 1,
            round: 1,
            stubref: `S${at}`,
            changes: one,
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(messages, (leaving) => {
        const after = leaving.reduce(
          (conversation, message, at) => leftWith(conversation, message, NOW_MS + at),
          NEW_CONVERSATION,
        );
        const inOrder = [...leaving].sort((a, b) => a.seq - b.seq);
        const session = inOrder.findLast(
          ({ changes: c }) => c?.set_new_with_timeout_hours || c?.cancel_current_existing_stubsession,
        );
        const nextreply = inOrder.findLast(({ changes: c }) => c?.set_nextreply_with_timeout_minutes);
        const wanted = session?.changes?.set_new_with_timeout_hours ? session.stubref : undefined;
        assert.deepEqual([after.session?.stubref, after.nextreply?.stubref], [wanted, nextreply?.stubref]);
      }),
      { numRuns: 3_000 },
    );
  });
});
