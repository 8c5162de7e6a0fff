import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Json } from '../../core/contract/json.js';
import type { SubstitutionHelper } from '../../core/contract/substitution-helper.js';
import { HostAddress } from '../../core/http/host-address.js';
import { LinkKeys } from '../../core/link/link-keys.js';
import { Links } from '../../core/link/links.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { RedisTarget } from '../../core/redis/redis-target.js';
import { helperBook } from '../../core/template/helper-book.js';
import { DeterministicUuid } from '../../core/template/helpers/deterministic-uuid.js';
import { FileUrl } from '../../core/template/helpers/file-url.js';
import { StubUrl } from '../../core/template/helpers/stub-url.js';
import { privateRedis } from '../support/private-redis.js';

const roots = { stub: { stubref: '2026-01-01-AAAA-BBBB' } };

/** What every helper promises, whatever it makes. `good` are arguments that it can use. */
function helperContract(name: string, make: () => SubstitutionHelper, good: readonly Json[]): void {
  describe(`The helper ${name}`, () => {
    let helper: SubstitutionHelper;
    before(() => {
      helper = make();
    });

    it('has a name that texts can write, and says how it is written', () => {
      assert.ok(helperBook([helper]).has(name));
      assert.ok(helper.usage.startsWith(`${name}(`));
      const [least, most] = helper.arity;
      assert.ok(least <= good.length && good.length <= most);
    });

    it('gives data, and the same for the same call', () => {
      const call = { args: good, roots, atMs: 1_000 };
      const made = helper.run(call);
      assert.notEqual(made, undefined);
      assert.deepEqual(JSON.parse(JSON.stringify(made)), made);
      assert.deepEqual(helper.run(structuredClone(call)), made);
    });

    it('gives nothing where an argument is nothing', () => {
      for (const at of good.keys()) {
        const args = good.map((arg, place) => (place === at ? undefined : arg));
        assert.equal(helper.run({ args, roots, atMs: 0 }), undefined);
      }
    });

    it('takes anything from outside, or refuses it in a sentence, and changes none of it (property)', () => {
      const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(undefined)) as fc.Arbitrary<
        Json | undefined
      >;
      fc.assert(
        fc.property(fc.array(anything, { minLength: helper.arity[0], maxLength: helper.arity[1] }), (args) => {
          const before = structuredClone(args);
          try {
            const made = helper.run({ args, roots, atMs: 0 });
            assert.ok(made === undefined || JSON.stringify(made).length < 10_000);
          } catch (error) {
            if (error instanceof assert.AssertionError) throw error;
            assert.ok((error as Error).message.length > 10 && !(error instanceof TypeError));
          }
          assert.deepEqual(args, before);
        }),
      );
    });
  });
}

let links: Links;
before(async () => {
  const prefix = privateRedis.newPrefix();
  const redis = new RedisConnection(new RedisTarget(privateRedis.options, prefix));
  const keys = new LinkKeys({ secrets: [] }, redis, new Keys(prefix));
  await keys.load();
  await redis.close();
  links = new Links(keys, new HostAddress('https://example.org'));
});

helperContract('deterministicuuid', () => new DeterministicUuid(), ['a', '6ba7b810-9dad-11d1-80b4-00c04fd430c8']);
helperContract('file_url', () => new FileUrl(links), [{ fileuuid: 'f-1' }, 24]);
helperContract('stuburl', () => new StubUrl(links), [24]);
