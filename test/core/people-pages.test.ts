import assert from 'node:assert/strict';
import { ActorMail } from '../../core/actor/actor-mail.js';
import { ContactBook } from '../../core/stub/contact-book.js';
import { derivedStubref } from '../../core/stub/ids.js';
import { People } from '../../core/stub/people.js';
import { StubStore } from '../../core/stub/stub-store.js';
import { until } from '../support/until.js';
import { CASE_TEMPLATE, HttpRig } from './http-rig.js';

/** One over a page of what is told of a merge or an erasure in one letter. */
const STUBS = 201;

describe('a person whom more stubs are about than fit in one letter', () => {
  let rig: HttpRig;
  before(async () => {
    rig = await new HttpRig({ workers: true, templates: [CASE_TEMPLATE] }).start();
  });
  after(() => rig.stop());

  it('is merged and then erased in all of them', async () => {
    const book = rig.container.get(ContactBook);
    const people = rig.container.get(People);
    const store = rig.container.get(StubStore);
    const [into, from] = await Promise.all(
      ['0825550191', '0825550192'].map((mobile) => book.create({ name: `Owner of ${mobile}`, mobile })),
    );
    const refs = Array.from({ length: STUBS }, (_, at) => derivedStubref(Date.UTC(2026, 0), `${at}`));
    const body = {
      type: 'create',
      template: CASE_TEMPLATE.name,
      subject: 'Of Owner of 0825550192',
      message: '',
      data: {},
    };
    const lists = { contact_lists: { owners: [from!.contactuuid] }, posted_by: {} };
    await rig.container
      .get(ActorMail)
      .tell(refs.map((id) => ({ to: { kind: 'stub', id }, id: 'birth', body: { ...body, ...lists } })));
    const stubsWith = (contactuuids: readonly string[]) =>
      until(`all stubs with ${contactuuids.length} owners`, async () => {
        const stubs = await Promise.all(refs.map((ref) => store.get(ref)));
        return (
          stubs.every((stub) => stub?.contact_lists['owners']?.contactuuids.join() === contactuuids.join()) && stubs
        );
      });
    await stubsWith([from!.contactuuid]);
    await people.merge(into!.contactuuid, from!.contactuuid);
    await stubsWith([into!.contactuuid]);
    await people.erase(from!.contactuuid, false);
    const stubs = await stubsWith([]);
    assert.ok(
      stubs.every((stub) => stub?.subject === 'Of [erased]'),
      'the name that the merged contact had is found too',
    );
    await until('the erasure to end', async () => (await book.erased(into!.contactuuid))?.erasing === undefined);
  });
});
