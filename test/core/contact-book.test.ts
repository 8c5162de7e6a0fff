import assert from 'node:assert/strict';
import { type ErrorCode, StubwireError } from '../../core/errors.js';
import { RedisConnection } from '../../core/redis/connection.js';
import { Keys } from '../../core/redis/keys.js';
import { ContactBook } from '../../core/stub/contact-book.js';
import { HttpRig } from './http-rig.js';

const refuses = (code: ErrorCode) => (error: unknown) => error instanceof StubwireError && error.code === code;

describe('the contact book', () => {
  let rig: HttpRig;
  let book: ContactBook;

  beforeEach(() => {
    rig = new HttpRig();
    book = rig.container.get(ContactBook);
  });

  afterEach(() => rig.stop());

  it('keeps a contact with its points in their one form, and finds it by each', async () => {
    const made = await book.create({
      name: 'Thandi',
      mobile: '082 555 0101',
      contactpoints: [
        { type: 'email', contact: ' Thandi@Example.com ' },
        { type: 'mobile', contact: '+27825550101' },
      ],
    });
    assert.deepEqual(made.basic.contactpoints, [
      { type: 'mobile', contact: '27825550101' },
      { type: 'email', contact: 'thandi@example.com' },
    ]);
    assert.deepEqual(await book.get(made.contactuuid), made);
    assert.deepEqual(await book.findByPoint('mobile', '27825550101'), made);
    assert.deepEqual(await book.findByPoint('email', 'thandi@example.com'), made);
    assert.equal(await book.findByPoint('mobile', '27825550102'), undefined);
  });

  it('refuses a point that another contact has, names that one, and keeps nothing', async () => {
    const first = await book.create({ name: 'First', mobile: '0825550101' });
    const second = book.create({
      name: 'Second',
      contactpoints: [{ type: 'email', contact: 'a@b.c' }],
      mobile: '0825550101',
    });
    await assert.rejects(second, (error: StubwireError) => {
      assert.equal(error.code, 'contact_exists');
      assert.deepEqual(error.options.details, { contactuuid: first.contactuuid, type: 'mobile' });
      return !error.message.includes('0101');
    });
    assert.equal(await book.findByPoint('email', 'a@b.c'), undefined);
    assert.equal((await book.list({}, undefined, 10)).items.length, 1);
  });

  it('gives a point to one of many who ask for it at once', async () => {
    const asked = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => book.create({ name: `N${index}`, mobile: '0825550101' })),
    );
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.ok(asked.every((one) => one.status === 'fulfilled' || refuses('contact_exists')(one.reason)));
    assert.equal((await book.list({}, undefined, 100)).items.length, 1);
  });

  it('gives the same contact for the same idempotency key', async () => {
    const input = { name: 'Once', mobile: '0825550101' };
    const [one, two] = await Promise.all([book.create(input, 'key'), book.create(input, 'key')]);
    assert.deepEqual(one, two);
    assert.deepEqual(await book.create(input, 'key'), one);
  });

  it('makes who is missing once, whoever meets them first', async () => {
    const point = { type: 'mobile', contact: '27825550101' } as const;
    const all = await Promise.all(Array.from({ length: 30 }, () => book.ensure(point, 'Sipho')));
    assert.equal(new Set(all.map(({ contactuuid }) => contactuuid)).size, 1);
    assert.equal((await book.list({}, undefined, 100)).items.length, 1);
    assert.equal((await book.ensure(point, 'Another name')).name, 'Sipho');
  });

  it('gives a random id, which cannot be computed from the address', async () => {
    const { contactuuid } = await book.ensure({ type: 'mobile', contact: '27825550101' }, 'Sipho');
    assert.match(contactuuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4/); // version 4 of a UUID: random
  });

  it('makes a new person for a number that its first owner has given up', async () => {
    const point = { type: 'mobile', contact: '27825550101' } as const;
    const first = await book.ensure(point, 'First');
    await book.update(first.contactuuid, { mobile: '0825550102' });
    const second = await book.ensure(point, 'Second');
    assert.notEqual(second.contactuuid, first.contactuuid);
    assert.equal((await book.findByPoint('mobile', '27825550102'))?.name, 'First');
    assert.equal((await book.findByPoint('mobile', '27825550101'))?.name, 'Second');
  });

  it('changes what is given, frees the points that are gone, and takes the new ones', async () => {
    const { contactuuid } = await book.create({
      name: 'A',
      mobile: '0825550101',
      contactpoints: [{ type: 'email', contact: 'a@b.c' }],
    });
    const changed = await book.update(contactuuid, { mobile: '0825550102' });
    assert.equal(changed.name, 'A');
    assert.deepEqual(changed.basic.contactpoints, [
      { type: 'mobile', contact: '27825550102' },
      { type: 'email', contact: 'a@b.c' },
    ]);
    assert.equal(await book.findByPoint('mobile', '27825550101'), undefined);
    await book.create({ name: 'B', mobile: '0825550101' });
    await assert.rejects(book.update(contactuuid, { mobile: '0825550101' }), refuses('contact_exists'));
    assert.deepEqual(await book.get(contactuuid), changed);
    await book.update(contactuuid, { contactpoints: [] });
    assert.equal(await book.findByPoint('email', 'a@b.c'), undefined);
  });

  it('loses none of the changes that are made at once', async () => {
    const { contactuuid } = await book.create({ name: 'A', mobile: '0825550101' });
    await Promise.all([book.update(contactuuid, { name: 'B' }), book.update(contactuuid, { mobile: '0825550102' })]);
    const contact = await book.get(contactuuid);
    assert.equal(contact?.name, 'B');
    assert.equal(contact?.basic.contactpoints[0]?.contact, '27825550102');
  });

  it('lists newest first, by page, and by number in any form', async () => {
    for (const digit of '12345') await book.create({ name: digit, mobile: `082555010${digit}` });
    const first = await book.list({}, undefined, 3);
    const second = await book.list({}, first.next_cursor!, 3);
    assert.deepEqual([...first.items, ...second.items].map(({ name }) => name).sort(), ['1', '2', '3', '4', '5']);
    assert.equal(second.next_cursor, null);
    assert.deepEqual(
      (await book.list({ mobile: '+27 82 555 0103' }, undefined, 3)).items.map(({ name }) => name),
      ['3'],
    );
    assert.deepEqual((await book.list({ mobile: '0825550109' }, undefined, 3)).items, []);
  });

  it('turns a contact list as given into ids: known ones looked up, people found or made, none twice', async () => {
    const known = await book.create({ name: 'Known', mobile: '0825550101' });
    const ids = await book.resolveList([
      known.contactuuid,
      { mobile: '082 555 0101', name: 'Same' },
      { mobile: '+27825550102', name: 'New' },
    ]);
    assert.equal(ids.length, 2);
    assert.equal(ids[0], known.contactuuid);
    assert.equal((await book.get(ids[1]!))?.name, 'New');
    await assert.rejects(book.resolveList(['+27825550103']), (error: StubwireError) => {
      return (
        error.code === 'contact_unknown' &&
        error.message.includes('{mobile, name}') &&
        !error.message.includes('2782555')
      );
    });
    await assert.rejects(book.resolveList([{ mobile: '12', name: 'X' }]), refuses('number_invalid'));
  });

  it('refuses a record of a later version', async () => {
    const { contactuuid } = await book.create({ name: 'A' });
    const { client } = rig.container.get(RedisConnection);
    const key = rig.container.get(Keys).contact(contactuuid);
    await client.set(key, JSON.stringify({ ...JSON.parse((await client.get(key))!), v: 2 }));
    await assert.rejects(book.get(contactuuid), /version 2/);
  });
});
