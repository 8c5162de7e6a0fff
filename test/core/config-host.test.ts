import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Environment } from '../../core/config/environment.js';
import { type HostConfig, loadHostConfig } from '../../core/config/host-config.js';
import { formatProblems } from '../../core/config/problem.js';
import { ProblemsError } from '../../core/errors.js';

const SAMPLE = fileURLToPath(new URL('../../../config/stubwire.yaml', import.meta.url));
const LEAST = 'org: { orguuid: demo, name: Demo, default_country: ZA }\nplugins: {}\n';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of the environment are written so
describe('the configuration of the host', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stubwire-config-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  function load(text: string, env: Environment = {}): HostConfig {
    const file = join(folder, 'stubwire.yaml');
    writeFileSync(file, text);
    return loadHostConfig(file, env);
  }
  function problemsOf(text: string, env: Environment = {}): string[] {
    try {
      load(text, env);
    } catch (error) {
      assert.ok(error instanceof ProblemsError, String(error));
      return error.problems.map(
        ({ code, message, options: { place } }) => `${place?.line}:${place?.column} ${code} ${message}`,
      );
    }
    return [];
  }
  function printed(text: string, env: Environment = {}): string {
    try {
      load(text, env);
    } catch (error) {
      return formatProblems(error as ProblemsError);
    }
    return '';
  }

  it('is the sample of the repository without any environment', () => {
    const config = loadHostConfig(SAMPLE, {});
    assert.equal(config.org.name, 'Demo Parcels');
    assert.equal(config.redis.url, '');
    assert.deepEqual(
      config.plugins.map(({ name }) => name),
      ['meta_whatsapp', 'update_from_whatsapp', 'whatsapp_emulator', 'console', 'log'],
    );
  });

  it('wants a default country that exists', () => {
    for (const code of ['XX', 'UK', 'EN', 'EU', 'UN', 'ZZ'])
      assert.match(
        problemsOf(LEAST.replace('ZA', code))[0]!,
        /^1:52 value_invalid org\.default_country is not the code of a country\. Write two letters of ISO 3166, such as ZA/,
      );
    assert.match(problemsOf(LEAST.replace('ZA', 'za'))[0]!, /write the two capital letters of a country/);
    for (const code of ['GB', 'KE', 'NA']) assert.equal(load(LEAST.replace('ZA', code)).org.default_country, code);
  });

  it('takes secrets for links from the environment, passes over those that are not set, and shows none', () => {
    const http = (secrets: string) => `${LEAST}http: { link_secrets: ${secrets} }\n`;
    const { http: read } = load(http('["${NEW:-}", "${OLD}"]'), { OLD: 'sixteen letters!' });
    assert.deepEqual(read.link_secrets, ['sixteen letters!']);
    assert.match(problemsOf(http('[tooshort]'))[0]!, /value_invalid http\.link_secrets\[0\].*16 characters at least/);
    assert.doesNotMatch(printed(http('[tooshort]')), /tooshort/);
  });

  it('takes secrets for calls alone or with their hosts, and shows none of them', () => {
    const { apicall } = load(
      `${LEAST}apicall: { allow_hosts: ["*.example.org"], secrets: { a: "${'${A}'}", b: { value: 12345678, hosts: [b.example.org] } } }\n`,
      { A: 'secret-a' },
    );
    assert.deepEqual(apicall, {
      allow_hosts: ['*.example.org'],
      allow_private_addresses: false,
      secrets: { a: { value: 'secret-a' }, b: { value: '12345678', hosts: ['b.example.org'] } },
    });
    const wrong = `${LEAST}apicall:\n  allow_hosts: ["https://crm.example.org/"]\n  secrets:\n    crm: abc\n    erp: { value: xyz }\n`;
    assert.deepEqual(problemsOf(wrong), [
      '4:17 value_invalid apicall.allow_hosts[0]: write a host in small letters, such as crm.example.org, *.example.org or 10.1.2.3:8080, and nothing before or after it.',
      '6:10 value_invalid apicall.secrets.crm: a secret has 8 characters or more; remove the line if there is none.',
      '7:19 value_invalid apicall.secrets.erp.value: a secret has 8 characters or more; remove the line if there is none.',
    ]);
    assert.doesNotMatch(printed(wrong), /abc|xyz/);
  });

  it('has defaults for all but the organisation and the plugins', () => {
    const { http, redis, files, auth, templates, log } = load(LEAST);
    const places = { host: '127.0.0.1', port: 4000, public_url: 'http://127.0.0.1:4000' };
    assert.deepEqual(http, { ...places, max_connections: 1_000, link_secrets: [] });
    assert.deepEqual(redis, { url: '', data_dir: join(folder, '../data/redis'), prefix: 'stubwire' });
    assert.deepEqual(files, { dir: join(folder, '../data/files'), max_mb: 100 });
    assert.deepEqual([auth, log, templates], [{ tokens: [] }, { level: 'info' }, join(folder, 'templates')]);
  });

  it('has paths relative to its file', () => {
    const config = load(`${LEAST}templates: ../cases\nredis: { data_dir: /var/redis }\n`);
    assert.equal(config.templates, join(folder, '../cases'));
    assert.equal(config.redis.data_dir, '/var/redis');
  });

  it('is frozen through and through', () => {
    const config = load(`${LEAST}auth: { tokens: [{ name: a, token: sixteen-letters!, role: viewer }] }\n`);
    for (const part of [config, config.http, config.auth.tokens, config.auth.tokens[0], config.plugins])
      assert.ok(Object.isFrozen(part));
  });

  it('takes variables from the environment, and the default where one is not set or empty', () => {
    const text = `${LEAST}redis: { url: "\${REDIS_URL:-redis://localhost}", prefix: "\${PREFIX}" }\n`;
    assert.equal(load(text, { PREFIX: 'p' }).redis.url, 'redis://localhost');
    assert.equal(load(text, { PREFIX: 'p', REDIS_URL: '' }).redis.url, 'redis://localhost');
    assert.deepEqual(load(text, { PREFIX: 'p', REDIS_URL: 'redis://there' }).redis, {
      url: 'redis://there',
      data_dir: join(folder, '../data/redis'),
      prefix: 'p',
    });
  });

  it('reads a variable as a number where a number is expected, quoted or not', () => {
    assert.equal(load(`${LEAST}http: { port: "\${PORT}" }\n`, { PORT: '4100' }).http.port, 4100);
    assert.equal(load(`${LEAST}http:\n  port: \${PORT:-4200}\n`).http.port, 4200);
  });

  it('never reads a variable as YAML', () => {
    const config = load(`${LEAST}redis:\n  url: \${X}\n`, { X: '{ a: [1] } # "\n${Y}' });
    assert.equal(config.redis.url, '{ a: [1] } # "\n${Y}');
  });

  it('names every missing variable and every other problem at once, with its place', () => {
    const text = `${LEAST}redis: { url: "\${REDIS}" }\nhttp: { port: "\${PORT}", prot: 1 }\nlog: { level: loud }\n`;
    assert.deepEqual(problemsOf(text), [
      '3:15 config_variable_missing The environment variable REDIS is not set. Set REDIS before you start, or write ${REDIS:-default} to give a default.',
      '4:15 config_variable_missing The environment variable PORT is not set. Set PORT before you start, or write ${PORT:-default} to give a default.',
      '4:26 key_unknown "prot" is not a key in http. Did you mean "port"? What exists: host, port, public_url, max_connections, link_secrets.',
      '5:15 value_invalid log.level is "loud"; it takes one of: trace, debug, info, warn, error, silent.',
    ]);
  });

  it('says how a variable is written that cannot be read', () => {
    assert.match(
      problemsOf(`${LEAST}redis: { url: "\${A-b}" }`)[0]!,
      /^3:15 value_invalid \$\{A-b\} is not a valid variable/,
    );
  });

  it('says what is missing in an empty file', () => {
    assert.match(problemsOf('# nothing yet\n')[0]!, /value_invalid .* is empty\. Begin with the keys org and plugins/);
  });

  it('must be one document', () => {
    assert.match(problemsOf(`${LEAST}---\na: 1\n`).join(), /yaml_invalid The configuration is one document/);
  });

  it('refuses to listen for others without a token', () => {
    assert.match(problemsOf(`${LEAST}http: { host: 0.0.0.0 }\n`)[0]!, /^3:15 http_host_open .*auth\.tokens is empty/);
    assert.deepEqual(
      problemsOf(
        `${LEAST}http: { host: 0.0.0.0 }\nauth: { tokens: [{ name: a, token: sixteen-letters!, role: viewer }] }\n`,
      ),
      [],
    );
  });

  it('refuses a token that is easy to guess, without showing it', () => {
    const text = `${LEAST}auth: { tokens: [{ name: a, token: fifteen-letters, role: viewer }] }\n`;
    assert.match(problemsOf(text)[0]!, /value_invalid auth\.tokens\[0\]\.token: a token has 16 characters or more/);
    assert.doesNotMatch(printed(text), /fifteen/);
  });

  it('refuses two tokens that are the same', () => {
    const tokens =
      '[{ name: a, token: sixteen-letters!, role: viewer }, { name: b, token: sixteen-letters!, role: admin }]';
    assert.match(
      problemsOf(`${LEAST}auth: { tokens: ${tokens} }\n`)[0]!,
      /value_invalid auth\.tokens\[1\]\.token: another entry has the same/,
    );
  });

  it('shows no secret in a problem, neither from the file nor from the environment', () => {
    const text = `${LEAST}auth: { tokens: [{ name: a, token: hidden-in-file, role: "\${ROLE}" }] }\n`;
    const output =
      printed(text, { ROLE: 'hidden-in-env' }) + printed(`${LEAST}auth:\n  tokens:\n    - token: [hidden-in-file]\n`);
    assert.match(output, /what \$\{ROLE\} gives; it takes one of: viewer, operator, admin/);
    assert.doesNotMatch(output, /hidden/);
  });

  it('gives each plugin’s block to be held against its own schema, with the places of the file', () => {
    const config = load(
      'org: { orguuid: demo, name: Demo, default_country: ZA }\nplugins:\n  a: { numbr: 1 }\n  b:\n  c: { number: 0825550101 }\n',
    );
    const schema = z.strictObject({ number: z.string().default('none') });
    const [a, b, c] = config.plugins.map((block) => block.check(schema));
    assert.ok(a && !a.ok && b?.ok && c?.ok);
    assert.deepEqual([b.value, c.value], [{ number: 'none' }, { number: '0825550101' }]);
    const [problem] = a.problems;
    assert.equal(problem!.code, 'plugin_config_invalid');
    assert.deepEqual([problem!.options.place?.line, problem!.options.place?.column], [3, 8]);
    assert.equal(config.plugins[0]!.place.line, 3);
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
