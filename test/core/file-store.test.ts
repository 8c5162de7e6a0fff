import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { RedisClock } from '../../core/actor/redis-clock.js';
import { FileStore } from '../../core/file/file-store.js';
import { Queues } from '../../core/queue/queues.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { Script } from '../../core/redis/script.js';
import { privateRedis } from '../support/private-redis.js';

const PDF = { contentType: 'application/pdf', originalname: 'Invoice 7.pdf' };

describe('The file store', () => {
  let dir: string;
  let redis: RedisConnection;
  let keys: Keys;
  let queues: Queues;
  let store: FileStore;

  beforeEach(() => {
    const prefix = privateRedis.newPrefix();
    dir = mkdtempSync(join(tmpdir(), 'stubwire-files-'));
    redis = new RedisConnection(new RedisTarget(privateRedis.options, prefix));
    keys = new Keys(prefix);
    queues = new Queues(redis, keys);
    store = newStore();
  });

  afterEach(async () => {
    await queues.close();
    await redis.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const newStore = (maxBytes = 1_000) =>
    new FileStore({ dir, maxBytes }, redis, keys, new RedisClock(redis, keys, queues), pino({ level: 'silent' }));
  const bytes = (text: string) => Readable.from([Buffer.from(text)]);
  const blobs = () =>
    existsSync(dir)
      ? readdirSync(dir, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => name)
          .filter((name) => name !== 'owner')
      : [];
  const textOf = async (fileuuid: string, from = store) => {
    const opened = await from.open(fileuuid);
    return opened && Buffer.concat(await opened.content.toArray()).toString();
  };

  it('keeps a file with all that is known of it, for another process too', async () => {
    const file = await store.put(bytes('hello'), PDF);
    assert.deepEqual(
      { ...file, fileuuid: '', filename: '', upload_date: '' },
      {
        fileuuid: '',
        filename: '',
        originalname: 'Invoice 7.pdf',
        contentType: 'application/pdf',
        encoding: 'binary',
        size: 5,
        upload_date: '',
      },
    );
    assert.equal(file.filename, `${file.fileuuid}.pdf`);
    const other = newStore();
    const sha256 = createHash('sha256').update('hello').digest('hex');
    assert.deepEqual(await other.get(file.fileuuid), { ...file, sha256 });
    assert.equal(await textOf(file.fileuuid, other), 'hello');
    assert.equal(await other.get('none'), undefined);
    assert.equal(await other.open('none'), undefined);
  });

  it('keeps one content once, for any number of files put at the same time', async () => {
    const files = await Promise.all(Array.from({ length: 20 }, () => store.put(bytes('same'), PDF)));
    assert.equal(new Set(files.map(({ fileuuid }) => fileuuid)).size, 20);
    assert.equal(blobs().length, 1);
    for (const { fileuuid } of files) assert.equal(await textOf(fileuuid), 'same');
  });

  it('removes content with the last file that has it', async () => {
    const [one, two] = [await store.put(bytes('same'), PDF), await store.put(bytes('same'), PDF)];
    await store.remove(one.fileuuid);
    await store.remove(one.fileuuid);
    assert.equal(await textOf(two.fileuuid), 'same');
    assert.equal(await store.get(one.fileuuid), undefined);
    await store.remove(two.fileuuid);
    assert.deepEqual(blobs(), []);
    assert.equal(await textOf((await store.put(bytes('same'), PDF)).fileuuid), 'same');
  });

  it('loses no content when the same is removed and put at the same time, again and again', async () => {
    let last = await store.put(bytes('same'), PDF);
    for (let round = 0; round < 30; round++) {
      const [, next] = await Promise.all([store.remove(last.fileuuid), store.put(bytes('same'), PDF)]);
      assert.equal(await textOf(next.fileuuid), 'same');
      last = next;
    }
    assert.equal(blobs().length, 1);
  });

  it('gives the first record to a second put under the same id, also when both run at once', async () => {
    const about = { ...PDF, fileuuid: 'f-1' };
    const [one, two] = await Promise.all([store.put(bytes('a'), about), store.put(bytes('b'), about)]);
    assert.deepEqual(one, two);
    const unread = bytes('c');
    assert.deepEqual(await store.put(unread, about), one);
    assert.ok(unread.destroyed);
    assert.equal(blobs().length, 1);
  });

  it('takes a file of just the limit, and keeps nothing of one that is over it', async () => {
    assert.equal((await store.put(bytes('x'.repeat(1_000)), PDF)).size, 1_000);
    const before = blobs();
    for (const about of [PDF, { ...PDF, maxBytes: 5_000 }]) {
      await assert.rejects(store.put(bytes('x'.repeat(1_001)), about), { code: 'file_too_large', status: 413 });
    }
    await assert.rejects(store.put(bytes('123456'), { ...PDF, maxBytes: 5 }), { code: 'file_too_large' });
    assert.deepEqual(blobs(), before);
  });

  it('keeps nothing when the content breaks off', async () => {
    async function* broken() {
      yield Buffer.from('half');
      throw new Error('the line is dead');
    }
    await assert.rejects(store.put(broken(), PDF), /the line is dead/);
    assert.deepEqual(blobs(), []);
  });

  it('takes names and types from outside as something to show only', async () => {
    const of = async (originalname: string, contentType: string) => {
      const file = await store.put(bytes('x'), { originalname, contentType });
      return [file.originalname, file.contentType, file.filename.slice(36)];
    };
    assert.deepEqual(await of('../../etc/pass\0wd', 'TEXT/Plain'), ['passwd', 'text/plain', '.txt']);
    assert.deepEqual(await of('C:\\x\\photo\u202egpj.EXE', 'Image/PNG;'), ['photogpj.EXE', 'image/png', '.exe']);
    assert.deepEqual((await of('', 'audio/ogg;Codecs=opus')).slice(1), ['audio/ogg; codecs=opus', '.ogg']);
    assert.match((await of('..', 'audio/ogg; codecs=opus'))[0]!, /^[0-9a-f-]{36}\.ogg$/);
    assert.deepEqual((await of('a.b', 'no type\r\nx: y')).slice(1), ['application/octet-stream', '.b']);
    const [long] = await of(`${'é'.repeat(400)}.pdf`, 'application/pdf');
    assert.equal([...long!].length, 255);
    assert.ok(long!.endsWith('é.pdf'));
  });

  it('sweeps what a crash left, and nothing that a file has or that is young', async () => {
    const file = await store.put(bytes('kept'), PDF);
    const orphan = `${'ab'.repeat(32)}.00000000-0000-4000-8000-000000000000`;
    await mkdir(join(dir, 'ab'), { recursive: true });
    writeFileSync(join(dir, 'ab', orphan), 'left after the rename');
    writeFileSync(join(dir, 'incoming', 'half'), 'left before it');
    await store.sweep();
    assert.equal(blobs().length, 3);
    await store.sweep(-1_000); // an hour later
    assert.equal(blobs().length, 1);
    assert.equal(await textOf(file.fileuuid), 'kept');
  });

  it('sweeps nothing in a folder that was begun with another Redis', async () => {
    await store.put(bytes('theirs'), PDF);
    const other = new FileStore(
      { dir, maxBytes: 1_000 },
      redis,
      new Keys(privateRedis.newPrefix()),
      new RedisClock(redis, keys, queues),
      pino({ level: 'silent' }),
    );
    await other.sweep(-1_000);
    const file = await other.put(bytes('ours'), PDF);
    await other.sweep(-1_000);
    assert.equal(blobs().length, 2);
    await other.remove(file.fileuuid);
    assert.equal(blobs().length, 1);
  });

  it('knows its own record when the command that wrote it is sent again', async () => {
    const keep = new Script(new URL('../../core/file/scripts/file-keep.lua', import.meta.url));
    const again = () => keep.run(redis.client, [keys.file('f'), keys.fileContent('s')], ['f', '{}', 'blob-1']);
    assert.deepEqual(
      [await again(), await again()],
      [
        ['kept', 'blob-1'],
        ['known', '{}', 'blob-1'],
      ],
    );
  });

  it('says when the folder does not belong to this Redis, and mends itself with the next file of that content', async () => {
    const file = await store.put(bytes('lost'), PDF);
    rmSync(dir, { recursive: true });
    await assert.rejects(store.open(file.fileuuid), { code: 'file_content_missing' });
    await store.put(bytes('lost'), PDF);
    assert.equal(await textOf(file.fileuuid), 'lost');
  });
});
