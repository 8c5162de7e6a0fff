import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import type { StubTemplate, TemplateField } from '../../core/contract/stub-template.js';
import { FileConfig } from '../../core/file/file-config.js';
import { storedFileSchema } from '../../core/http/file-schema.js';
import { until } from '../support/until.js';
import { CASE_TEMPLATE, HttpRig } from './http-rig.js';

const fileField = (name: string, required: boolean): TemplateField => ({
  name,
  keyname: name,
  fieldtype: 'file',
  landsAt: [name],
  title: name,
  description: '',
  hideLabel: false,
  required,
  conditions: [],
  validations: required ? [{ key: 'needed', validationtype: 'required' }] : [],
  initvalue: {},
  params: {},
});
const note = CASE_TEMPLATE.actions.get('note')!;
const TEMPLATE: StubTemplate = {
  ...CASE_TEMPLATE,
  actions: new Map([
    ...CASE_TEMPLATE.actions,
    ['note', { ...note, fields: [fileField('photos', true), fileField('extra', false)] }],
  ]),
};

describe('the HTTP API of files', () => {
  let rig: HttpRig;
  let url: string;

  beforeEach(async () => {
    rig = new HttpRig({ templates: [TEMPLATE], workers: true, maxFileBytes: 50_000 });
    await rig.start();
    url = rig.address;
  });

  afterEach(() => rig.stop());

  const form = (...files: readonly [name: string, content: string, type?: string][]) => {
    const body = new FormData();
    for (const [name, content, type = 'text/plain'] of files) body.append('file', new Blob([content], { type }), name);
    return body;
  };
  const upload = async (name = 'a.txt', content = 'hello', type?: string) =>
    (await rig.ask('POST', '/api/files', form([name, content, type]))).body.items[0];
  const onDisk = () => {
    try {
      const { dir } = rig.container.get(FileConfig);
      return readdirSync(dir, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && entry.name !== 'owner',
      ).length;
    } catch {
      return 0;
    }
  };
  const made = async () => (await rig.ask('POST', '/api/stubs', { template: 'case' })).body.stubref as string;

  it('takes several files in one request and gives each back as it came', async () => {
    const { status, body } = await rig.ask(
      'POST',
      '/api/files',
      form(['Überweisung.txt', 'eins'], ['b.html', '<b>', 'text/html']),
    );
    assert.equal(status, 201);
    for (const file of body.items) storedFileSchema.strict().parse(file);
    assert.deepEqual(
      body.items.map((file: { originalname: string }) => file.originalname),
      ['Überweisung.txt', 'b.html'],
    );
    const answer = await fetch(`${url}/api/files/${body.items[0].fileuuid}`);
    assert.equal(await answer.text(), 'eins');
    assert.equal(answer.headers.get('content-length'), '4');
    assert.equal(
      answer.headers.get('content-disposition'),
      `attachment; filename="_berweisung.txt"; filename*=UTF-8''%C3%9Cberweisung.txt`,
    );
    const again = await fetch(`${url}/api/files/${body.items[0].fileuuid}`, {
      headers: { 'if-none-match': answer.headers.get('etag')! },
    });
    assert.equal(again.status, 304);
    const page = await fetch(`${url}/api/files/${body.items[1].fileuuid}`);
    assert.equal(page.headers.get('content-type'), 'text/html');
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.match(page.headers.get('content-security-policy')!, /sandbox/);
    const none = await rig.ask('GET', '/api/files/none');
    assert.deepEqual([none.status, none.body.error.code], [404, 'file_unknown']);
  });

  it('refuses an upload that is no form, holds no file, too many, or one that is too large, and keeps nothing', async () => {
    const refused = async (body: unknown) => {
      const answer = await rig.ask('POST', '/api/files', body);
      return [answer.status, answer.body.error.code];
    };
    assert.deepEqual(await refused({ a: 1 }), [400, 'body_invalid']);
    assert.deepEqual(await refused(undefined), [400, 'body_invalid']);
    assert.deepEqual(await refused(form()), [422, 'validation_failed']);
    const many = Array.from({ length: 11 }, (_, at) => [`${at}.txt`, 'x'] as [string, string]);
    assert.deepEqual(await refused(form(...many)), [422, 'validation_failed']);
    assert.deepEqual(await refused(form(['a.txt', 'fits'], ['b.txt', 'x'.repeat(50_001)])), [413, 'file_too_large']);
    assert.deepEqual(await refused(form(['b.txt', 'x'.repeat(3_000_000)])), [413, 'file_too_large']);
    assert.equal(onDisk(), 0);
    assert.equal((await rig.ask('POST', '/api/files', form(['b.txt', 'x'.repeat(50_000)]))).status, 201);
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const outgoing = request(`${url}/api/files`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': 40_000 },
    });
    outgoing.on('error', () => undefined);
    outgoing.write('--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n');
    outgoing.write('x'.repeat(20_000));
    await until('the upload to arrive', () => onDisk() === 1);
    outgoing.destroy();
    await until('nothing to be left', () => onDisk() === 0);
  });

  it('makes the same files once for one Idempotency-Key, and sees that another content is another request', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const first = await rig.ask('POST', '/api/files', form(['a.txt', 'one'], ['b.txt', 'two']), key);
    const second = await rig.ask('POST', '/api/files', form(['a.txt', 'one'], ['b.txt', 'two']), key);
    assert.equal(first.status, 201);
    assert.deepEqual(second.body, first.body);
    assert.equal(second.headers.get('idempotency-replayed'), 'true');
    const other = await rig.ask('POST', '/api/files', form(['a.txt', 'one'], ['b.txt', 'TWO']), key);
    assert.deepEqual([other.status, other.body.error.code], [422, 'idempotency_key_reused']);
    await until('what was not needed to be gone', () => onDisk() === 2);
  });

  it('asks for a token where tokens are configured, and reads no body before', async () => {
    await rig.stop();
    const tokens = [{ name: 'v', token: 'v', role: 'viewer' as const }];
    rig = await new HttpRig({ http: { tokens } }).start();
    assert.equal((await rig.ask('POST', '/api/files', form(['a', 'b']))).status, 401);
    assert.equal((await rig.ask('POST', '/api/files', form(['a', 'b']), { authorization: 'Bearer v' })).status, 403);
    assert.equal((await rig.ask('GET', '/api/files/x')).status, 401);
    assert.equal(onDisk(), 0);
  });

  it('stands in the API document as a form with files', async () => {
    const { paths } = (await rig.ask('GET', '/api/openapi.json')).body;
    const { content } = paths['/api/files'].post.requestBody;
    assert.deepEqual(Object.keys(content), ['multipart/form-data']);
    assert.equal(content['multipart/form-data'].schema.properties.file.items.format, 'binary');
    for (const path of ['/api/files/{fileuuid}', '/api/lids/{lid}', '/api/send']) assert.ok(paths[path], path);
  });

  it('takes files in the fields of an action, by id or as an object, one or several', async () => {
    const stubref = await made();
    const [one, two] = [await upload('1.txt', 'one'), await upload('2.txt', 'two')];
    const run = (data: object) => rig.ask('POST', `/api/stubs/${stubref}/actions/note?wait=30000`, { data });
    const { status, body } = await run({
      photos: [one.fileuuid, { fileuuid: two.fileuuid, size: 1 }],
      extra: one.fileuuid,
    });
    assert.equal(status, 200);
    assert.deepEqual(body.data, { photos: [one, two], extra: [one] });
    assert.deepEqual((await rig.ask('GET', `/api/stubs/${stubref}`)).body.data.extra, [one]);
    const unknown = await run({ photos: [one.fileuuid, 'nothing'], extra: [] });
    assert.deepEqual([unknown.status, unknown.body.error.code], [404, 'file_unknown']);
    assert.match(unknown.body.error.message, /"photos" \(photos\) names "nothing"/);
    assert.equal((await run({ photos: 7 })).body.error.code, 'field_invalid');
    assert.match((await run({ photos: [] })).body.error.message, /"photos" \(photos\) is missing/);
  });

  it('attaches files to the stub with _attach, and to the stubpost with any action', async () => {
    const stubref = await made();
    const [one, two] = [await upload('1.txt', 'one'), await upload('2.txt', 'two')];
    const run = (action: string, body: object) =>
      rig.ask('POST', `/api/stubs/${stubref}/actions/${action}?wait=30000`, body);
    const attached = await run('_attach', { attachments: [one.fileuuid], data: { files: [two] } });
    assert.deepEqual(attached.body.attachments, [one, two]);
    assert.deepEqual((await rig.ask('GET', `/api/stubs/${stubref}`)).body.attachments, [one, two]);
    const closed = await run('close', { attachments: [{ ...two, size: 99 }] });
    assert.deepEqual(closed.body.attachments, [two]);
    assert.deepEqual((await rig.ask('GET', `/api/stubs/${stubref}`)).body.attachments, [one, two]);
    const at = await run('_attach', { attachments: [one.fileuuid, 'none'] });
    assert.deepEqual([at.status, at.body.error.code], [404, 'file_unknown']);
    assert.match(at.body.error.message, /attachments\.1/);
    assert.equal((await run('_attach', { data: { files: ['none'] } })).body.error.code, 'file_unknown');
    assert.equal((await run('_attach', { data: { files: [7] } })).body.error.code, 'validation_failed');
  });
});
