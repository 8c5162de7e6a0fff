import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HostAddress } from '../../core/http/host-address.js';
import { LinkKeys } from '../../core/link/link-keys.js';
import { isSigned, LINK_KINDS, signedPath } from '../../core/link/link-signature.js';
import { Links } from '../../core/link/links.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { FileUrl } from '../../core/template/helpers/file-url.js';
import { StubUrl } from '../../core/template/helpers/stub-url.js';
import { privateRedis } from '../support/private-redis.js';

const OLD = 'an old secret of 27 letters';
const NEW = 'a new secret of 27 letters.';

/** The keys as one process has them after its boot. */
async function loadedKeys(prefix: string, secrets: readonly string[] = []): Promise<LinkKeys> {
  const redis = new RedisConnection(new RedisTarget(privateRedis.options, prefix));
  try {
    const keys = new LinkKeys({ secrets }, redis, new Keys(prefix));
    await keys.load();
    return keys;
  } finally {
    await redis.close();
  }
}

describe('signed links: the signature', () => {
  const link = fc.record({ kind: fc.constantFrom(...LINK_KINDS), id: fc.string(), until: fc.nat() });
  const signatureOf = (path: string): string => new URL(path, 'http://x').searchParams.get('signature')!;

  it('holds for exactly what was signed, under exactly that key', () => {
    fc.assert(
      fc.property(link, link, fc.string({ minLength: 1 }), (one, other, key) => {
        const signature = signatureOf(signedPath(key, one));
        assert.ok(isSigned([key], one, signature));
        assert.ok(!isSigned([`${key}x`], one, signature));
        const isSame = one.kind === other.kind && one.id === other.id && one.until === other.until;
        assert.equal(isSigned([key], other, signature), isSame);
      }),
    );
  });

  it('is written in one way alone, and nothing else is one', () => {
    const one = { kind: 'stubs', id: 's', until: 1 } as const;
    const signature = signatureOf(signedPath(OLD, one));
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom(`${signature}=`, ` ${signature}`, signature.toLowerCase(), '')),
        (given) => {
          fc.pre(given !== signature);
          assert.ok(!isSigned([OLD], one, given));
        },
      ),
    );
  });
});

describe('signed links: the keys', () => {
  const loaded = async (prefix: string, secrets?: readonly string[]) => (await loadedKeys(prefix, secrets)).all();

  it('is one that the first process makes, for all of them', async () => {
    const prefix = privateRedis.newPrefix();
    const [one, two] = await Promise.all([loaded(prefix), loaded(prefix)]);
    assert.deepEqual(one, two);
    assert.match(one[0]!, /^[0-9a-f]{64}$/);
    assert.notDeepEqual(await loaded(privateRedis.newPrefix()), one);
  });

  it('of the configuration: the first signs, the others and the one made before go on verifying', async () => {
    const prefix = privateRedis.newPrefix();
    const [made] = await loaded(prefix);
    assert.deepEqual(await loaded(prefix, [NEW, OLD]), [NEW, OLD, made]);
    assert.deepEqual(await loaded(privateRedis.newPrefix(), [NEW, OLD]), [NEW, OLD]);
  });
});

describe('signed links: the helpers', () => {
  let links: Links;
  before(async () => {
    const keys = await loadedKeys(privateRedis.newPrefix(), [NEW, OLD]);
    links = new Links(keys, new HostAddress('https://example.org/desk'));
  });

  const fileUrl = (...args: Parameters<FileUrl['run']>[0]['args']) =>
    new FileUrl(links).run({ args, roots: {}, atMs: 1_000 });
  const stubUrl = (roots: object, ...args: Parameters<FileUrl['run']>[0]['args']) =>
    new StubUrl(links).run({ args, roots: { ...roots }, atMs: 1_000 });

  it('begin with the public address, and are the same for a turn that runs again', () => {
    const link = fileUrl('f-1', 1);
    assert.match(String(link), /^https:\/\/example\.org\/desk\/links\/files\/f-1\?until=3601&signature=[\w-]{43}$/);
    assert.equal(fileUrl('f-1', 1), link);
    assert.match(String(stubUrl({ stub: { stubref: 's' } })), /\/links\/stubs\/s\?until=604801&signature=[\w-]{43}$/);
    assert.match(String(stubUrl({ stub: { stubref: 's' }, lid: 'L1' })), /&lid=L1$/);
  });

  it('take a file in every form', () => {
    const link = fileUrl('f-1');
    assert.equal(fileUrl({ fileuuid: 'f-1', filename: 'x' }), link);
    assert.equal(fileUrl([{ fileuuid: 'f-1' }, { fileuuid: 'f-2' }]), link);
    assert.equal(fileUrl([]), undefined);
    assert.equal(fileUrl(undefined), undefined);
    assert.equal(stubUrl({}), undefined);
  });

  it('refuse what is no file and no time', () => {
    for (const file of [1, {}, '../x', 'a/b', [['f-1']], 'x'.repeat(101)])
      assert.throws(() => fileUrl(file), /takes a file/);
    for (const hours of [0, -1, 8_761, 'x', null, Number.NaN])
      assert.throws(() => fileUrl('f-1', hours), /hours of a link/);
  });
});
