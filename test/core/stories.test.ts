import assert from 'node:assert/strict';
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorySuite } from '../../core/host/story-suite.js';
import { storiesJson } from '../../core/story/story-json.js';
import { storiesJunit } from '../../core/story/story-junit.js';
import { failureText } from '../../core/story/story-text.js';
import { REAL_CONFIG, StoryFolder } from '../support/story-folder.js';
import { storyOutput } from '../support/story-output.js';

const VISIT = `
template: visit
initial_state: planned
states: { planned: { actions: [remind, say, listen, tick] } }
actions:
  remind:
    tasks:
      one: { tasktype: set_timer, params: { timer_name: one, action_name: say, after_hours: 1, message: One hour } }
      two: { tasktype: set_timer, params: { timer_name: two, action_name: say, after_hours: 2, message: Two hours } }
  listen:
    tasks:
      rings:
        tasktype: heimdall_register
        params:
          registration_name: rings
          on_trigger_method: keep
          events: { rang: { path: door.rang, mechanism: evt } }
          trigger_stubaction: { action_name: say, message: Somebody is at the door }
      minutes:
        tasktype: heimdall_register
        params:
          registration_name: minutes
          on_trigger_method: keep
          events: { tick: { path: "global.time.minute.#", mechanism: evt } }
          trigger_stubaction: { action_name: tick }
  tick: { metrics: { ticks: { counter: ticks } } }
  say:
    notifications:
      it:
        send_to: { client: { type: contact_list, value: _created_by } }
        platforms: { meta_whatsapp: { message_type: text, params: { text: { body: "{{stubpost.message}}" } } } }
`;

/** Two stories of the same person, each of which would see what the other left. */
const ALONE = ['first', 'second']
  .map(
    (name) => `
story: the ${name} one
contacts: { thandi: +27 82 555 0101 }
stub: { data: { of: ${name} } }
steps:
  - expect: { stubs: 1, unrouted: 0, log: [_create], nothing more sent: true }
  - emit: { path: door.rang }
  - wait: 5m
  - expect: { log: [_create] }
  - thandi says: Hello
  - expect: { unrouted: 1, events: ["#.#.#.#.#.#.#.#"] }
  - action: say
    message: Good day
  - thandi gets: Good day
  - action: say
    message: it is told later
  - action: listen
  - emit: { path: door.rang }
  - thandi gets: [it is told later, Somebody is at the door]
  - wait: 3m
  - expect: { counters: { ticks: 3 } }
  - action: remind
  - wait: 30m
`,
  )
  .join('---');

const FAILURE = { step: 'wait: 1h', message: 'a <b> & "c"', mismatches: [], sections: [] };

const GRADUAL = `
story: timers come one by one, each at its time
contacts: { thandi: +27 82 555 0101 }
stub: {}
steps:
  - thandi says: Hello
  - action: remind
  - wait: 3h
  - thandi gets: [One hour, Two hours]
  - expect: { log: [_create, remind, say, say] }
`;

const FAULTS = `
story: what cannot be sent fails, and what got no answer is sent again at its time
contacts: { thandi: +27 82 555 0101 }
stub: {}
steps:
  - thandi says: Hello
  - fault: { kind: error_code, code: 131026, client: thandi, times: 1 }
  - action: say
    message: lost
  - expect: { nothing more sent: true, log: [_create, { action: say, failed: 131026 }] }
  - fault: { kind: drop_request, client: thandi, times: 1 }
  - action: say
    message: later
  - expect: { nothing more sent: true }
  - wait: 1m
  - thandi gets: later
`;

const WRONG_NUMBER = `
story: nobody else gets anything
contacts: { thandi: +27 82 555 0101 }
stub: {}
steps:
  - action: say
    message: Hello
  - expect: { nothing more sent: true }
`;

describe('stubwire test', () => {
  let folder: StoryFolder;
  let suite: StorySuite;
  const files = {
    'templates/visit.yaml': VISIT,
    'templates/visit.test.yaml': GRADUAL,
    'templates/visit.alone.test.yaml': ALONE,
    'templates/visit.faults.test.yaml': FAULTS,
  };
  before(async () => {
    folder = new StoryFolder(files);
    suite = await StorySuite.open({ config: folder.config, files: [], provideRedis: () => undefined });
  });
  after(async () => {
    await suite?.close();
    folder.remove();
  });

  it('lets time go by: what is due on the way happens at its time, and not at the end', async () => {
    const story = suite.stories.find(({ name }) => name.startsWith('timers'))!;
    assert.equal((await suite.play(story)).failure, undefined);
    const none = { do: 'gets', contact: 'thandi', messages: [{ text: 'none' }] } as const;
    const { failure } = await suite.play({ ...story, steps: [...story.steps, { ...story.steps.at(-1)!, deed: none }] });
    const chat = failure!.sections.find(({ title }) => title === 'the chat with Thandi')!.lines;
    assert.deepEqual(
      chat.map((line) => line.trim()),
      ['0:00  Thandi: Hello', '1:00  → One hour', '2:00  → Two hours'],
    );
  });

  it('keeps stories apart: each begins with an empty engine and a new clock', async () => {
    const alone = suite.stories.filter(({ file }) => file.includes('alone'));
    assert.equal(alone.length, 2);
    for (const story of [...alone, ...alone]) {
      const { failure } = await suite.play(story);
      assert.equal(failure && failureText(failure), undefined);
    }
  });

  it('has things go wrong: repeats come at their time on the clock of the story', async () => {
    const { failure } = await suite.play(suite.stories.find(({ file }) => file.includes('faults'))!);
    assert.equal(failure && failureText(failure), undefined);
  });

  it('tells programs in JSON, and build servers in the form of JUnit', async () => {
    const outcomes = [];
    for (const story of suite.stories.slice(0, 2)) outcomes.push(await suite.play(story));
    outcomes[1] = { ...outcomes[1]!, failure: { ...FAILURE, place: suite.stories[1]!.place } };
    const json = JSON.parse(storiesJson(outcomes, 1_234));
    assert.deepEqual([json.passing, json.failing, json.took_ms, json.stories.length], [1, 1, 1_234, 2]);
    assert.deepEqual([json.stories[0].passed, json.stories[1].failure.message], [true, 'a <b> & "c"']);
    const junit = storiesJunit(outcomes, 1_234);
    assert.match(
      junit,
      /^<\?xml .*\n<testsuites tests="2" failures="1" time="1\.234">\n {2}<testsuite name=".*visit\.alone/,
    );
    assert.match(junit, /<failure message="a &lt;b&gt; &amp; &quot;c&quot;">/);
  });

  it('plays a host of the real world on the emulator, without its variables, its Redis, its files', async () => {
    const kept = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`stubwire-stories-${process.pid}-`));
    const before = kept();
    const { text, exitCode } = await storyOutput([], { config: folder.config, grep: /one by one/ });
    assert.equal(exitCode, 0, text);
    assert.deepEqual(kept(), before, 'its Redis and its files are gone');
    assert.match(text, /^ {4}✓ timers come one by one, each at its time \(… ms\)\n\n {2}1 passing \(… ms\)$/m);
    assert.deepEqual(readdirSync(folder.dir).sort(), ['stubwire.yaml', 'templates']);
  });

  it('says that nothing more was sent of nobody else either: a wrong number is seen, and shown', async () => {
    const wrong = new StoryFolder({
      'templates/visit.yaml': VISIT.replace(
        'type: contact_list, value: _created_by',
        'type: mobile, value: "+27825559911"',
      ),
      'templates/visit.test.yaml': WRONG_NUMBER,
    });
    try {
      const { text, exitCode } = await storyOutput([], { config: wrong.config });
      assert.equal(exitCode, 1, text);
      assert.match(
        text,
        /sent to \*+9911, who is no contact of the story\n +expected {2}nothing more\n +seen {6}.*\[Allow\]/,
      );
      assert.match(text, /sent to who is no contact of the story\n +0:00 {2}→ \*+9911: .*\[Allow\]/);
    } finally {
      wrong.remove();
    }
  });

  it('removes what a killed run of this user has left, and touches nobody else’s', async function () {
    if (process.getuid?.() !== 0) this.skip(); // only root can make a folder of somebody else
    const [own, other] = ['own', 'other'].map((name) => join(tmpdir(), `stubwire-stories-999999999-${name}`));
    for (const dir of [own!, other!]) mkdirSync(dir, { recursive: true });
    chownSync(other!, 65_534, 65_534);
    await storyOutput([], { config: folder.config, grep: /nothing of this/ });
    assert.deepEqual([existsSync(own!), existsSync(other!)], [false, true]);
    rmSync(other!, { recursive: true });
  });

  it('refuses a plugin that could send and does not say how it behaves in stories', async () => {
    const config = `${REAL_CONFIG}  "${new URL('../support/careless-plugin.js', import.meta.url).href}": {}\n`;
    const careless = new StoryFolder(files, config);
    try {
      const { text, exitCode } = await storyOutput([], { config: careless.config });
      assert.match(
        text,
        /stubwire\.yaml:\d+:3 stories_not_played The plugin ".*" brings a channel, and does not say how it behaves in stories/m,
      );
      assert.equal(exitCode, 2);
    } finally {
      careless.remove();
    }
  });

  it('could not run where there is no story, and says where it has looked', async () => {
    const nowhere = await storyOutput([folder.path('templates')], { config: folder.config, grep: /nothing of this/ });
    assert.deepEqual(
      [nowhere.exitCode, nowhere.text],
      [2, 'file_unreadable No story matches /nothing of this/. Leave --grep out to see them all.'],
    );
    const missing = await storyOutput([folder.path('gone.test.yaml')], { config: folder.config });
    assert.equal(missing.exitCode, 2);
    assert.match(missing.text, /file_unreadable Cannot read .*gone\.test\.yaml/);
  });
});
