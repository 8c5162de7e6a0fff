import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Contact, Stub } from '../../core/contract/stub.js';
import type { SendTo } from '../../core/contract/stub-template.js';
import { type Addressee, addresseesOf } from '../../core/notification/addressing.js';

const contact = (contactuuid: string): Contact => ({
  v: 1,
  contactuuid,
  name: contactuuid,
  basic: { contactpoints: [] },
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
});

/** Contacts are there whose id begins so. */
const read = async (ids: readonly string[]) => ids.map((id) => (id.startsWith('known') ? contact(id) : undefined));

const withLists = (lists: { readonly [list: string]: readonly string[] }): Stub =>
  ({
    contact_lists: Object.fromEntries(
      Object.entries(lists).map(([list, contactuuids]) => [list, { contactuuids }] as const),
    ),
  }) as Stub;

const shown = (addressee: Addressee): string => {
  if ('problem' in addressee) return `${addressee.recipient}: ${addressee.problem.code} ${addressee.given}`;
  const { to } = addressee;
  return `${addressee.recipient}: ${'address' in to ? `${to.type} ${to.address}` : to.contact.contactuuid}`;
};
const addressed = async (
  sendTo: { readonly [recipient: string]: Partial<SendTo> | undefined },
  lists: { readonly [list: string]: readonly string[] } = {},
) => (await addresseesOf(sendTo, withLists(lists), read)).map(shown);

describe('who a notification goes to', () => {
  it('is everybody named, lists spread out, in the order written', async () => {
    const sendTo = {
      driver: { type: 'mobile', value: '27825550101' },
      customers: { type: 'contact_list', value: 'customers' },
      hidden: { type: 'whatsapp_user', value: 'ZA.1' },
      one: { type: 'contactuuid', value: 'known-3' },
    } as const;
    assert.deepEqual(await addressed(sendTo, { customers: ['known-1', 'known-2'] }), [
      'driver: mobile 27825550101',
      'customers: known-1',
      'customers: known-2',
      'hidden: whatsapp_user ZA.1',
      'one: known-3',
    ]);
  });

  it('leaves out nobody silently: who cannot be found has a problem, and the rest go on', async () => {
    const sendTo = {
      empty: { type: 'contact_list', value: 'empty' },
      none: { type: 'contact_list', value: 'constructor' },
      gone: { type: 'contactuuid', value: 'gone' },
      mixed: { type: 'contact_list', value: 'mixed' },
      unfilled: { type: 'mobile' },
      removed: undefined,
    } as const;
    assert.deepEqual(await addressed(sendTo, { empty: [], mixed: ['known-1', 'gone', 'known-2'] }), [
      'empty: no_contact_point empty',
      'none: no_contact_point constructor',
      'gone: no_contact_point gone',
      'mixed: known-1',
      'mixed: no_contact_point gone',
      'mixed: known-2',
      'unfilled: no_contact_point ',
      'removed: no_contact_point ',
    ]);
  });

  it('says which lists there are where one is missing', async () => {
    const [addressee] = await addresseesOf(
      { customer: { type: 'contact_list', value: 'custommers' } },
      withLists({ customers: ['known-1'], drivers: [] }),
      read,
    );
    assert.match(
      (addressee as Addressee & { problem: { message: string } }).problem.message,
      /"custommers" of send_to\.customer does not exist on this stub, which has: customers, drivers/,
    );
  });

  it('has one entry for each id and each address, whatever the lists hold (property)', async () => {
    const id = fc.stringMatching(/^(known|gone)-[0-9]$/);
    const lists = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.array(id, { maxLength: 5 }));
    const entry = fc.oneof(
      fc.record({ type: fc.constant('contact_list' as const), value: fc.constantFrom('a', 'b', 'c', 'd') }),
      fc.record({ type: fc.constant('contactuuid' as const), value: id }),
      fc.record({ type: fc.constant('mobile' as const), value: fc.constantFrom('', '27825550101') }),
    );
    await fc.assert(
      fc.asyncProperty(lists, fc.dictionary(fc.constantFrom('x', 'y', 'z'), entry), async (has, sendTo) => {
        const found = await addresseesOf(sendTo, withLists(has), read);
        const expected = Object.entries(sendTo).map(
          ([recipient, { type, value }]) =>
            [recipient, type === 'contact_list' ? Math.max(1, has[value]?.length ?? 0) : 1] as const,
        );
        for (const [recipient, count] of expected)
          assert.equal(found.filter((one) => one.recipient === recipient).length, count, recipient);
        assert.equal(
          found.length,
          expected.reduce((sum, [, count]) => sum + count, 0),
        );
      }),
      { numRuns: 100 },
    );
  });
});
