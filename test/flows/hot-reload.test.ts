import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';

const THANDI = '27825550101';

/** A case whose middle state has a name that changes, and which takes what clients write out of the blue. */
const caseWith = (state: string, kind: string) => `
template: case
initial_state: ${state}
states:
  ${state}: { actions: [finish, spawn] }
  done: {}
actions:
  finish:
    tasks: { note: { tasktype: savedata, params: { data: { finished_from: ${state} } } } }
    to_state: done
  spawn:
    tasks: { another: { tasktype: create_stub, params: { template: other } } }
heimdall:
  anybody:
    path: stubber.systems.notifications.whatsapp.incoming.main.from.#
    mechanism: cbh
    create_stub: { subject: "${kind}", data: { kind: ${kind} } }
`;
const OTHER = `
template: other
initial_state: open
states: { open: {}, done: {} }
heimdall:
  it: { path: other.made, mechanism: evt, create_stub: { subject: made } }
`;

describe('Hot reload', () => {
  let host: StoryHost;
  before(async () => {
    host = await StoryHost.start({ case: caseWith('waiting', 'first'), other: OTHER });
  });
  after(() => host.stop());

  const write = (name: string, text: string) => writeFileSync(join(host.templates, `${name}.yaml`), text);
  const states = async (name: string): Promise<string | undefined> => {
    const { items } = await host.ask('GET', '/api/templates');
    const template = items.find((each: { name: string }) => each.name === name);
    return template?.states.map((each: { name: string }) => each.name).join();
  };
  const stranded = async () => (await host.ask('GET', '/api/templates/stranded-stubs')).items;
  const stubsOf = async (kind: string) =>
    (await host.ask('GET', '/api/stubs?template=case&limit=200')).items.filter(
      ({ subject }: { subject: string }) => subject === kind,
    );

  it('a stub whose state is gone says so, runs base actions only, and _update moves it on', async () => {
    const [stubref, moved] = [await host.newStub('case', `+${THANDI}`), await host.newStub('case', `+${THANDI}`)];
    write('case', caseWith('busy', 'second'));
    await until('the new states', async () => (await states('case')) === 'busy,done');

    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.equal(stub.state, 'waiting');
    assert.equal(stub.state_problem.code, 'state_unknown');
    const [place] = await stranded();
    assert.deepEqual([place.template, place.state, place.count], ['case', 'waiting', 2]);
    assert.deepEqual([...place.newest].sort(), [stubref, moved].sort());
    assert.match(place.problem.message, /_update with data\.state moves it to one of busy, done/);
    const { items } = await host.ask('GET', `/api/stubs/${stubref}/actions`);
    assert.ok(items.every(({ name }: { name: string }) => name.startsWith('_')));
    const { error } = await host.ask('POST', `/api/stubs/${stubref}/actions/finish`, {}, 409);
    assert.equal(error.code, 'action_not_in_state');

    await host.run(stubref, '_update', { data: { state: 'busy' } });
    const finished = await host.run(stubref, 'finish');
    assert.deepEqual([finished.from_state, finished.to_state], ['busy', 'done']);
    assert.equal(finished.tasks.note.payload.finished_from, 'busy');
    assert.deepEqual((await stranded())[0].newest, [moved]);
    await host.run(moved, '_close');
    assert.deepEqual(await stranded(), []);
  });

  it('registrations follow at once, and no message falls between two versions', async () => {
    const kinds = ['third', 'fourth'];
    let isTaken = false;
    const writing = (async () => {
      for (const kind of kinds) {
        write('case', caseWith('busy', kind));
        const before = (await host.ask('GET', '/api/templates')).items[0].version;
        await until(
          'the newer version',
          async () => (await host.ask('GET', '/api/templates')).items[0].version !== before,
        );
      }
      isTaken = true;
    })();
    let messages = 0;
    for (; !isTaken && messages < 150; messages += 1)
      await host.clientSays(`2783555${1_000 + messages}`, { text: 'Hi', name: 'Sipho' });
    await writing;
    await host.clientSays('27835559999', { text: 'Hi', name: 'Sipho' });
    await until('a stub for each message', async () => {
      const counts = await Promise.all(['second', ...kinds].map(async (kind) => (await stubsOf(kind)).length));
      return counts.reduce((sum, count) => sum + count) === messages + 1;
    });
    assert.ok((await stubsOf('fourth')).length > 0);
    assert.deepEqual((await host.ask('GET', '/api/unrouted')).items, []);
  });

  it('a deleted template stays for unfinished stubs, makes no new ones, and goes with the last of them', async () => {
    const stubref = await host.newStub('other', `+${THANDI}`);
    const handlers = async () => (await host.ask('POST', '/api/heimdall/emit', { path: 'other.made' })).handlers;
    rmSync(join(host.templates, 'other.yaml'));
    const kept = await until('the template to be kept', async () => {
      const { items } = await host.ask('GET', '/api/templates');
      return items.find(({ name, kept: is }: { name: string; kept?: object }) => name === 'other' && is);
    });
    assert.deepEqual(kept.kept, { stubs: 1 });
    assert.equal(await handlers(), 0, 'no event makes further stubs of it');
    const refused = await host.ask('POST', '/api/stubs', { template: 'other' }, 422);
    assert.equal(refused.error.code, 'template_removed');
    assert.match(refused.error.message, /file of the stub template "other" was deleted\. .* Put the file back/);
    const asker = await host.newStub('case', `+${THANDI}`);
    const { tasks } = await host.run(asker, 'spawn');
    assert.equal(tasks.another.error.code, 'template_removed');
    assert.equal((await host.ask('GET', '/readyz')).status, 'ready', 'its stub goes on');
    await host.run(stubref, '_close');
    write('case', caseWith('busy', 'fifth')); // the next change asks again
    await until('the template to go', async () => (await states('other')) === undefined);
    const stub = await host.ask('GET', `/api/stubs/${stubref}`);
    assert.equal(stub.state_problem.code, 'template_unknown');
    assert.deepEqual(await stranded(), [], 'what is done needs nothing');
  });

  it('says that a restart is needed, while the configuration is another than it was read', async () => {
    const text = readFileSync(host.config, 'utf8');
    const needed = async (): Promise<string | undefined> => (await host.ask('GET', '/readyz')).restart_needed;
    assert.equal(await needed(), undefined);
    writeFileSync(host.config, `${text}# changed\n`);
    assert.match(await until('the change', needed), /^The configuration file has changed since this process started\./);
    rmSync(host.config);
    await until('the file to be missed', async () => (await needed())?.includes('can no longer be read'));
    writeFileSync(host.config, text);
    await until('all to be well again', async () => (await needed()) === undefined);
  });
});
