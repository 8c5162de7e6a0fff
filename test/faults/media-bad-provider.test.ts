import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SeededRandom } from '../support/fault-random.js';
import { NOTHING, numbersAfter, sum, type Tally, tally } from '../support/fault-verdict.js';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const CLIENTS = 6;
/** Of each client, a picture and a text in turn. */
const EACH_WAY = 10;
const FAULTS = 24;
const FINAL_FAULTS = 4;
const SETTLE_MS = 60_000;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
/** A picture that no other equals. */
const picture = () => Buffer.concat([PNG, randomBytes(2_000)]);

/** What passes: Meta's host is away, answers what is no answer, or drops the line before or after its work. */
const PASSING: readonly object[] = [
  { kind: 'http_error', status: 502, body: 'html' },
  { kind: 'http_500' },
  { kind: 'bad_answer', body: 'cut_json' },
  { kind: 'drop_request' },
  { kind: 'drop_answer' },
  { kind: 'latency', ms: 300 },
  { kind: 'error_code', code: 131016 },
];
/** What stays: Meta no longer has the file, or sends whoever asks to a host that must not see the token. */
const STAYING: readonly object[] = [
  { kind: 'error_code', code: 131052 },
  { kind: 'media_redirect', to: 'http://127.0.0.2:9/elsewhere' },
];

const TEMPLATE = `
template: pictures
initial_state: open
states:
  open: { actions: [greet, show, tell] }
actions:
  greet:
    notifications:
      hello:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: text
            params: { text: { body: Good day } }
            stubsession: { set_new_with_timeout_hours: 24 }
  show:
    notifications:
      n:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp:
            message_type: media
            params: { media: { files: ["~~stubpost.data.picture"], caption: "{{stubpost.message}}" } }
  tell:
    notifications:
      n:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms:
          meta_whatsapp: { message_type: text, params: { text: { body: "{{stubpost.message}}" } } }
`;

/** Pictures that a client and a stub have given each other, by their number; texts stand between them. */
interface Case {
  readonly client: string;
  readonly stubref: string;
  readonly pictures: Map<number, Buffer>;
}

describe('Files while Meta’s media fail', () => {
  let host: StoryHost;
  let random: SeededRandom;
  let cases: Case[];

  before(async () => {
    host = await StoryHost.start({ pictures: TEMPLATE });
    random = SeededRandom.of('failing media');
  });
  after(() => host?.stop());

  /** A client with an open window and a session. */
  async function newCase(client: string): Promise<Case> {
    await host.clientSays(client, { text: 'Hello' });
    const stubref = await host.newStub('pictures', `+${client}`);
    await host.run(stubref, 'greet');
    await host.untilArrived(client, 1);
    return { client, stubref, pictures: new Map() };
  }
  const newCases = (prefix: string) =>
    Promise.all(Array.from({ length: CLIENTS }, (_, number) => newCase(`${prefix}${number}`)));

  const one = <T>(from: readonly T[]): T => from[Math.floor(random.between(0, from.length))]!;

  /** Each fault for one call about media, so close that some calls meet several in a row. */
  async function strike(kinds: readonly object[], count: number): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      const fault = one(kinds);
      await host.fault({ ...fault, ...(!('to' in fault) && { on: 'media' }), times: 1 });
      await pause(random.between(0, 60));
    }
  }

  it('what clients send lands once, in order, with its file or with the reason why there is none', async () => {
    cases = await newCases('2782555020');
    const writing = cases.map(async ({ client, pictures }) => {
      for (let number = 1; number <= EACH_WAY; number += 1) {
        const content = picture();
        const isPicture = number % 2 === 1;
        if (isPicture) pictures.set(number, content);
        const media = {
          kind: 'image',
          mime_type: 'image/png',
          file: content.toString('base64'),
          caption: `in ${number}`,
        };
        await host.clientSays(client, isPicture ? { media } : { text: `in ${number}` });
        await pause(random.between(0, 200));
      }
    });
    await Promise.all([...writing, strike(PASSING, FAULTS), strike(STAYING, FINAL_FAULTS)]);
    const struck = await endFaults(FAULTS + FINAL_FAULTS);
    let landed: Tally = NOTHING;
    const files = { had: 0, told: 0, silent: 0 };
    for (const { stubref, pictures } of cases) {
      const posts = await until('all to land', () => landedOn(stubref), SETTLE_MS);
      const messages: string[] = posts.map(({ message }) => message);
      landed = sum(landed, tally({ taken: EACH_WAY, open: false }, numbersAfter('in', messages)));
      for (const [number, content] of pictures) {
        const { attachments, data } = posts.find(({ message }) => message === `in ${number}`)!;
        if (attachments.length === 1) {
          assert.deepEqual(await host.download(attachments[0].fileuuid), content, `the file of in ${number}`);
          files.had += 1;
        } else if (data._incoming_whatsapp_data.media_error?.code) files.told += 1;
        else files.silent += 1;
      }
    }
    print(
      'in',
      landed,
      `files: ${files.had} had, ${files.told} told as failed, ${files.silent} silent; faults: ${struck}`,
    );
    assertExact(landed);
    assert.ok(struck > 0, 'something went wrong');
    assert.equal(files.silent, 0);
    assert.ok(files.told <= FINAL_FAULTS, 'only what stays fails');
    assert.equal(files.had + files.told, (CLIENTS * EACH_WAY) / 2);
  });

  it('what is sent to clients arrives once, in order, with its file', async () => {
    cases = await newCases('2782555021');
    const running = cases.map(async ({ stubref, pictures }) => {
      for (let number = 1; number <= EACH_WAY; number += 1) {
        const content = picture();
        const isPicture = number % 2 === 1;
        if (isPicture) pictures.set(number, content);
        const fileuuid = isPicture && (await host.upload(new Uint8Array(content), 'p.png', 'image/png'));
        await host.run(stubref, isPicture ? 'show' : 'tell', {
          message: `out ${number}`,
          data: isPicture ? { picture: fileuuid } : {},
        });
      }
    });
    await Promise.all([...running, strike(PASSING, FAULTS)]);
    const struck = await endFaults(FAULTS);
    let arrived: Tally = NOTHING;
    let same = 0;
    for (const { client, pictures } of cases) {
      const chat = await until('all to arrive', () => arrivedAt(client), SETTLE_MS);
      arrived = sum(
        arrived,
        tally(
          { taken: EACH_WAY, open: false },
          numbersAfter(
            'out',
            chat.map(({ text }) => text),
          ),
        ),
      );
      for (const [number, content] of pictures) {
        const { payload } = chat.find(({ text }) => text === `out ${number}`)!;
        const shown = await fetch(`${host.url}/emulator/media/${payload.image.id}`);
        if (Buffer.from(await shown.arrayBuffer()).equals(content)) same += 1;
      }
    }
    print('out', arrived, `files: ${same} the same byte by byte; faults: ${struck}`);
    assertExact(arrived);
    assert.equal(same, (CLIENTS * EACH_WAY) / 2);
    assert.deepEqual((await host.ask('GET', '/api/deliveries?status=failed')).items, []);
  });

  /** What has not struck yet strikes no more. Answers how many did. */
  async function endFaults(of: number): Promise<number> {
    const { removed } = await host.ask('DELETE', '/emulator/faults');
    return of - removed;
  }

  async function landedOn(stubref: string) {
    const posts = (await host.posts(stubref)).filter(({ action_name }) => action_name === '_update_from_whatsapp');
    return posts.length >= EACH_WAY && posts;
  }

  async function arrivedAt(client: string) {
    const chat = (await host.chat(client)).filter(({ text }) => text.startsWith('out '));
    return chat.length >= EACH_WAY && chat;
  }
});

function print(name: string, { given, lost, doubled, outOfOrder }: Tally, files: string): void {
  console.log(`        ${name} ${given}: lost ${lost}, doubled ${doubled}, out of order ${outOfOrder}; ${files}`);
}

function assertExact({ lost, doubled, outOfOrder }: Tally): void {
  assert.deepEqual({ lost, doubled, outOfOrder }, { lost: 0, doubled: 0, outOfOrder: 0 });
}
