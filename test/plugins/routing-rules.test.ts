import assert from 'node:assert/strict';
import {
  type Conversation,
  type Hold,
  NEW_CONVERSATION,
} from '../../plugins/meta_whatsapp/conversation/conversation.js';
import { identityNoteOf } from '../../plugins/meta_whatsapp/identity/identity-changes.js';
import { route } from '../../plugins/meta_whatsapp/routing/route.js';
import type { RoutingInput } from '../../plugins/meta_whatsapp/routing/routing-rule.js';

const held = (stubref: string, untilMs = 100): Hold => ({ stubref, untilMs, feedbackAction: 'act' });
const conversation: Conversation = {
  ...NEW_CONVERSATION,
  session: held('2026-01-01-AAAA-0001'),
  nextreply: held('2026-01-01-AAAA-0002'),
  nextreplySetAtMs: 10,
};
const [SESSION, NEXTREPLY] = [conversation.session!.stubref, conversation.nextreply!.stubref];
const input = (more: Partial<RoutingInput>): RoutingInput => ({
  profile: 'main',
  conversation,
  text: 'hello',
  isText: true,
  isAside: false,
  storedAtMs: 50,
  takenAtMs: 50,
  from: '2782',
  commands: ['run'],
  unknownStubs: new Set(),
  ...more,
});
const P = 'stubber.systems.notifications.whatsapp.incoming.main';

/** What is changed about the message, the rule that applies, the stub, the first path. */
const ROWS: readonly (readonly [string, Partial<RoutingInput>, string, string | undefined, string | undefined])[] = [
  ['a nextreply before the session', {}, 'nextreply', NEXTREPLY, `${P}.nextreply.${NEXTREPLY}`],
  [
    'a listed command before both',
    { text: ' /RUN a.b c ' },
    'command',
    undefined,
    `${P}.command.run.target.a%2Eb c.from.2782`,
  ],
  ['a command without an argument', { text: '/run' }, 'command', undefined, `${P}.command.run.target..from.2782`],
  ['a command that is not listed', { text: '/stop' }, 'nextreply', NEXTREPLY, undefined],
  ['a caption that looks like a command', { text: '/run x', isText: false }, 'nextreply', NEXTREPLY, undefined],
  ['a specific reply', { specificReplyUuid: 'u-1' }, 'specificreply', undefined, `${P}.specificreplyuuid.u-1`],
  ['a command that quotes', { text: '/run', specificReplyUuid: 'u-1' }, 'command', undefined, undefined],
  [
    'a nextreply that had run out when the message was stored',
    { storedAtMs: 100, conversation: { ...conversation, session: held(SESSION, 200) } },
    'stubsession',
    SESSION,
    `${P}.stubsession.${SESSION}`,
  ],
  ['a nextreply opened while the message waited for its file', { takenAtMs: 5 }, 'stubsession', SESSION, undefined],
  [
    'a nextreply on a stub that is not there',
    { unknownStubs: new Set([NEXTREPLY]) },
    'stubsession',
    SESSION,
    undefined,
  ],
  [
    'both on stubs that are not there',
    { unknownStubs: new Set([NEXTREPLY, SESSION]) },
    'unsolicited',
    undefined,
    `${P}.from.2782`,
  ],
  ['nobody waits', { conversation: NEW_CONVERSATION }, 'unsolicited', undefined, `${P}.from.2782`],
  [
    'an aside to the stub of its message',
    { isAside: true, referred: { stubref: 'S' } },
    'referred message',
    'S',
    undefined,
  ],
  ['an aside to a message nobody knows', { isAside: true, referred: {} }, 'stubsession', SESSION, undefined],
  [
    'an aside to a stub that is not there',
    { isAside: true, referred: { stubref: 'S' }, unknownStubs: new Set(['S']) },
    'stubsession',
    SESSION,
    undefined,
  ],
  [
    'an aside where no session is open',
    { isAside: true, conversation: { ...NEW_CONVERSATION, nextreply: held('N') } },
    'recorded',
    undefined,
    undefined,
  ],
];

describe('meta_whatsapp: the routing rules', () => {
  for (const [what, more, rule, stubref, path] of ROWS) {
    it(`${what}: ${rule}`, () => {
      const decision = route(input(more));
      assert.deepEqual([decision.rule, decision.routed.stub?.stubref], [rule, stubref]);
      if (path !== undefined) assert.equal(decision.routed.event?.paths[0], path);
      assert.equal(decision.routed.usesUpNextreply === true, rule === 'nextreply');
      assert.ok(
        decision.passed.every(({ why }) => why.length > 10),
        'every rule that was passed says why',
      );
    });
  }
});

describe('meta_whatsapp: notes of Meta’s about who a person is', () => {
  const note = (system: object, fromUserId?: string, known?: string) =>
    identityNoteOf({ type: 'system', from: '2782', timestamp: '5', system: { ...system } }, fromUserId, known);
  const changed = { type: 'user_changed_user_id' };
  const id = { kind: 'user id', previous: 'ZA.1', current: 'ZA.2', atMs: 5_000 };

  it('name a new number, and with it a new user id where there is one', () => {
    assert.deepEqual(note({ type: 'user_changed_number', wa_id: '2783' }), {
      kind: 'number',
      number: '2783',
      atMs: 5_000,
    });
    const both = note({ type: 'user_changed_number', wa_id: '2783', user_id: 'ZA.2' });
    assert.deepEqual(both, { kind: 'number', number: '2783', userId: 'ZA.2', atMs: 5_000 });
    assert.equal(note({ type: 'user_changed_number', wa_id: '2782' }), undefined, 'no other number');
  });

  it('name a new user id in fields, in the text, or against the one that is known', () => {
    assert.deepEqual(note({ ...changed, user_id: 'ZA.2', previous_user_id: 'ZA.1' }), id);
    assert.deepEqual(note({ ...changed, user_id: 'ZA.2' }, 'ZA.1'), id);
    assert.deepEqual(note({ ...changed, user_id: 'ZA.2' }, 'ZA.2', 'ZA.1'), id);
    assert.deepEqual(note({ ...changed, body: 'User id changed from ZA.1 to ZA.2' }), id);
  });

  it('are no change where they cannot be read', () => {
    assert.equal(note({ ...changed, body: 'something changed' }), undefined);
    assert.equal(note({ ...changed, user_id: 'ZA.2' }), undefined);
    assert.equal(note({ type: 'customer_identity_changed', user_id: 'ZA.2' }), undefined);
    assert.equal(identityNoteOf({ type: 'system', system: 7 }, undefined, undefined), undefined);
  });
});
