import type { Decision, Letter, Turn, Write } from '../contract/actor-kind.js';
import type { Stub, Stubpost } from '../contract/stub.js';
import type { RedisConnection } from '../redis/connection.js';
import type { Keys } from '../redis/keys.js';
import { pageAhead } from '../redis/page-ahead.js';
import { CONTACT_DESK, type ContactDeskLetter, type StubPersonLetter, stubErased } from './contact-letters.js';
import { erasedLog, isTheirs } from './erased-log.js';
import { indexWrites } from './stub-records.js';

type ErasedLetter = StubPersonLetter & { readonly type: 'contact_erased' };

/** Stubposts looked at in one letter. */
const POSTS_A_LETTER = 100;

/** A stub's part in merging and erasing people: it is no run, leaves no stubpost, and needs no template. */
export class StubPeople {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: Keys,
  ) {}

  async decide({ id, state }: Turn<Stub | null>, letter: Letter<StubPersonLetter>): Promise<Decision<Stub | null>> {
    const { body } = letter;
    if (body.type === 'contact_erased') {
      if (state) return this.erase(id, state, body);
      return { state, writes: [stubErased(this.keys, id, body.erasure, body.person)] };
    }
    if (!state) return { state };
    const after = withMerged(state, body.from, body.into);
    return { state: after, writes: after === state ? [] : indexWrites(this.keys, state, after) };
  }

  private async erase(stubref: string, stub: Stub, letter: ErasedLetter): Promise<Decision<Stub>> {
    const { person, erasure } = letter;
    const page = await pageAhead(this.redis.client, this.keys.postsOfStub(stubref), letter.after, POSTS_A_LETTER);
    const names = page.map(({ id }) => this.keys.post(id));
    const texts = names.length > 0 ? await this.redis.client.mget(names) : [];
    const posts = texts.flatMap((text) => (text ? [JSON.parse(text) as Stubpost] : []));
    const { stub: after, posts: changed, files, lids } = erasedLog(stub, posts, person);
    const theirs = posts.filter((post) => isTheirs(post, person)).map(({ stubpostuuid }) => stubpostuuid);
    const writes = changed.map((post): Write => ['SET', this.keys.post(post.stubpostuuid), JSON.stringify(post)]);
    const fileuuids = person.files ? files.map(({ fileuuid }) => fileuuid) : [];
    const body: ContactDeskLetter = { type: 'files', fileuuids };
    const last = page.at(-1);
    const next = { ...letter, after: last };
    const isWhole = page.length < POSTS_A_LETTER;
    return {
      state: after,
      writes: [
        ...writes,
        ...lids.map((lid): Write => ['DEL', this.keys.lid(lid)]),
        ...indexWrites(this.keys, stub, after),
        ...(isWhole ? [stubErased(this.keys, stubref, erasure, person)] : []),
        ...(theirs.length > 0 ? [['SADD', this.keys.erasingPosts(person.ids[0]!), ...theirs] as const] : []),
      ],
      tells: [
        ...(fileuuids.length > 0
          ? [{ to: { kind: CONTACT_DESK, id: person.ids[0]! }, id: `files:${stubref}:${erasure}:${last!.id}`, body }]
          : []),
        ...(!isWhole ? [{ to: { kind: 'stub', id: stubref }, id: `erased:${erasure}:${last!.id}`, body: next }] : []),
      ],
    };
  }
}

/** The lists with the id that the contact has now; one that had both has it once. */
function withMerged(stub: Stub, from: string, into: string): Stub {
  const lists = Object.entries(stub.contact_lists);
  if (!lists.some(([, { contactuuids }]) => contactuuids.includes(from))) return stub;
  const changed = lists.map(([list, { contactuuids }]) => [
    list,
    { contactuuids: [...new Set(contactuuids.map((id) => (id === from ? into : id)))] },
  ]);
  return { ...stub, contact_lists: Object.fromEntries(changed) };
}
