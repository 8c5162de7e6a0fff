import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Container } from 'inversify';
import { loadHostConfig } from '../../core/config/host-config.js';
import { ActorKind } from '../../core/contract/actor-kind.js';
import { Channel } from '../../core/contract/channel.js';
import { HttpRoutes } from '../../core/contract/http-routes.js';
import { TaskType } from '../../core/contract/task-type.js';
import { TemplateCheck } from '../../core/contract/template-check.js';
import { ProblemsError } from '../../core/errors.js';
import { Origins } from '../../core/host/origins.js';
import { contribute, type LoadedPlugin, loadPlugins } from '../../core/host/plugin-loader.js';
import { checkContributions } from '../../core/host/registry.js';

const CORE = new URL('../../core/index.js', import.meta.url).href;
const ZOD = import.meta.resolve('zod');
const HEAD = ['org: { orguuid: demo, name: Demo, default_country: ZA }', 'plugins:'];
const ORG = { orguuid: 'demo', name: 'Demo', default_country: 'ZA' };

describe('plugin loader', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'stubwire-plugins-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** A plugin's index.js; `body` is what it default-exports. */
  function plugin(name: string, body: string): void {
    mkdirSync(join(dir, name));
    writeFileSync(
      join(dir, name, 'index.js'),
      `import { Channel, definePlugin } from '${CORE}';\nimport { z } from '${ZOD}';\nexport default ${body};\n`,
    );
  }

  const good = (name: string, contributes = '') =>
    `definePlugin({ name: '${name}', config: z.strictObject({ size: z.number().default(1) }), contribute({ bind, config }) { ${contributes} } })`;

  /** Loads what the lines under `plugins:` name. */
  async function load(...lines: string[]): Promise<LoadedPlugin[]> {
    const file = join(dir, 'host.yaml');
    writeFileSync(file, [...HEAD, ...lines.map((line) => `  ${line}`)].join('\n'));
    return loadPlugins(loadHostConfig(file, {}).plugins, pathToFileURL(`${dir}/`));
  }

  /** `code line: message` of everything that `work` throws. */
  async function problemsOf(work: () => unknown): Promise<string[]> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ProblemsError)) throw error;
      return error.problems.map(({ code, message, options }) => `${code} ${options.place?.line}: ${message}`);
    }
    return [];
  }

  it('loads plugins in the order of the file, each with its block checked and frozen', async () => {
    plugin('one', good('one'));
    plugin('two', good('two'));
    const loaded = await load('two: { size: 3 }', 'one:');
    assert.deepEqual(
      loaded.map(({ definition, config }) => [definition.name, config]),
      [
        ['two', { size: 3 }],
        ['one', { size: 1 }],
      ],
    );
    assert.ok(Object.isFrozen(loaded[0]!.config));
  });

  it('says which plugins there are when one is not found', async () => {
    plugin('one', good('one'));
    const [problem] = await problemsOf(() => load('onee: {}'));
    assert.match(problem!, /^plugin_not_found 3: There is no plugin "onee".* There are one\. Did you mean "one"\?/);
  });

  for (const [what, body, expected] of [
    ['has no default export of the right form', '7', /has no default export/],
    ['calls itself something else', good('other'), /calls itself "other"/],
    ['has no config schema', '({ name: "it", contribute() {} })', /has no "config"/],
    ['has no contribute', '({ name: "it", config: z.object({}) })', /has no "contribute"/],
    ['throws while it is read', '(() => { throw new Error("no such luck") })()', /cannot be read: no such luck/],
  ] as const) {
    it(`refuses a plugin that ${what}`, async () => {
      plugin('it', body);
      const problems = await problemsOf(() => load('it: {}'));
      assert.equal(problems.length, 1);
      assert.match(problems[0]!, /^plugin_shape_invalid 3: /);
      assert.match(problems[0]!, expected);
    });
  }

  it('reports the problems of all plugins together, with their lines', async () => {
    plugin('one', good('one'));
    plugin('two', '7');
    const problems = await problemsOf(() => load('one:', '  size: large', '  colour: red', 'two: {}', 'three: {}'));
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      ['plugin_config_invalid 4', 'plugin_config_invalid 5', 'plugin_shape_invalid 6', 'plugin_not_found 7'],
    );
  });

  it('lets every plugin contribute, and reports each one that throws', async () => {
    plugin('one', good('one', 'throw new Error("out of luck")'));
    plugin('two', good('two', 'bind(Channel).toConstantValue({ id: "two", lanes: [] })'));
    plugin('three', good('three', 'throw new Error("and out again")'));
    const container = new Container();
    const loaded = await load('one: {}', 'two: {}', 'three: {}');
    const problems = await problemsOf(() => contribute(loaded, ORG, container, new Origins()));
    assert.deepEqual(problems, [
      'plugin_contribute_failed 3: The plugin "one" could not contribute: out of luck',
      'plugin_contribute_failed 5: The plugin "three" could not contribute: and out again',
    ]);
    assert.equal(container.get(Channel).id, 'two');
  });

  it('refuses two contributions with one id, and names both plugins', async () => {
    plugin('one', good('one', 'bind(Channel).toConstantValue({ id: "sms", lanes: [] })'));
    plugin('two', good('two', 'bind(Channel).toConstantValue({ id: "sms", lanes: [] })'));
    const { container, origins } = coreWithout();
    contribute(await load('one: {}', 'two: {}'), ORG, container, origins);
    assert.deepEqual(await problemsOf(() => checkContributions(container, origins)), [
      'plugin_duplicate 4: Channel with id "sms" is contributed twice: by the plugin "one" and by the plugin "two". Leave one out.',
    ]);
  });

  it('refuses two kinds of actors on one queue', async () => {
    const { container, origins } = coreWithout();
    const bind = origins.noting({ name: 'someone' }, container.bind.bind(container));
    for (const kind of ['a', 'b'])
      bind(ActorKind).toConstantValue({
        kind,
        queue: 'same',
        stateVersion: 1,
        initial: () => 0,
        decide: () => ({ state: 0 }),
      });
    const [problem] = await problemsOf(() => checkContributions(container, origins));
    assert.match(
      problem!,
      /^plugin_duplicate .*ActorKind with queue "same" is contributed twice: by someone and by someone/,
    );
  });

  it('finds where nothing is bound though something must be', async () => {
    const { container, origins } = coreWithout(TaskType);
    const [problem] = await problemsOf(() => checkContributions(container, origins));
    assert.match(problem!, /^contribution_missing undefined: Nothing is bound to TaskType/);
  });

  it('loads the plugins of this repository', async () => {
    const file = fileURLToPath(new URL('../../../config/stubwire.yaml', import.meta.url));
    const { plugins } = loadHostConfig(file, {});
    assert.ok((await loadPlugins(plugins)).length > 0);
  });
});

/** A container with one of everything that core itself contributes, but for one. */
function coreWithout(missing?: unknown): { container: Container; origins: Origins } {
  const container = new Container();
  const origins = new Origins();
  const bind = origins.noting({ name: 'core' }, container.bind.bind(container));
  const kind = { kind: 'stub', queue: 'stubs', stateVersion: 1, initial: () => 0, decide: () => ({ state: 0 }) };
  if (missing !== ActorKind) bind(ActorKind).toConstantValue(kind);
  if (missing !== HttpRoutes)
    bind(HttpRoutes).toConstantValue({ name: 'api', access: 'own', register: () => undefined });
  if (missing !== TaskType) {
    bind(TaskType).toConstantValue({ tasktype: 'savedata', params: {} as never, run: () => ({ success: true }) });
  }
  if (missing !== TemplateCheck)
    bind(TemplateCheck).toConstantValue({ id: 'rule', level: 'info', means: '', help: '', check: () => [] });
  return { container, origins };
}
