import assert from 'node:assert/strict';
import { EXAMPLES } from './message-examples.js';
import { built, checkedYaml } from './message-rig.js';

const text = (length: number) => '😀'.repeat(length); // two UTF-16 units each: Meta counts characters
const times = <Item>(count: number, make: (at: number) => Item): Item[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** A valid object of the type with this part changed. */
const base = (type: string, change: object) => ({
  ...(EXAMPLES.find((example) => example.type === type && !Array.isArray(example.params))!.params as object),
  ...change,
});

const row = (id: number) => ({ id: `r${id}`, title: `Row ${id}` });
const list = (action: object) =>
  base('list', { action: { button: 'Choose', sections: [{ rows: [row(1)] }], ...action } });
const section = (part: object) => list({ sections: [{ rows: [row(1)], ...part }] });
const buttons = (count: number) =>
  base('buttons', { header: 'x', buttons: times(count, (id) => ({ id: `${id}`, title: `${id}` })) });
const inButton = (part: object) => base('buttons', { header: 'x', buttons: [{ id: 'a', title: 'A', ...part }] });
const items = (count: number) => times(count, (id) => ({ product_retailer_id: `${id}` }));
const linkCard = (part: object) => ({
  header: { type: 'image', image: { link: 'https://example.org/1.jpg' } },
  display_text: 'Open',
  url: 'https://example.org',
  ...part,
});
const carousel = (part: object) => ({ body: 'x', cards: [linkCard({}), linkCard(part)] });
const contact = (part: object) => base('contacts', part);
const raw = (type: string, object: unknown) => ({ type, [type]: object });
const rawInteractive = (object: object) => raw('interactive', { body: { text: 'x' }, ...object });
const rawRows = (count: number) =>
  rawInteractive({ type: 'list', action: { button: 'x', sections: [{ rows: times(count, row) }] } });

/** `of(n)` has n of what is limited. `key`: what the refusal names. */
interface Limit {
  readonly type: string;
  readonly key: string;
  readonly max: number;
  readonly min?: number;
  readonly of: (count: number) => unknown;
}

const limits: readonly Limit[] = [
  { type: 'text', key: 'text.body', min: 1, max: 4096, of: (n) => ({ body: text(n) }) },
  {
    type: 'buttons',
    key: 'buttons.body',
    min: 1,
    max: 1024,
    of: (n) => base('buttons', { header: 'x', body: text(n) }),
  },
  {
    type: 'buttons',
    key: 'buttons.body.text',
    min: 1,
    max: 1024,
    of: (n) => base('buttons', { header: 'x', body: { text: text(n) } }),
  },
  { type: 'buttons', key: 'buttons.header', min: 1, max: 60, of: (n) => base('buttons', { header: text(n) }) },
  {
    type: 'buttons',
    key: 'buttons.header.text',
    min: 1,
    max: 60,
    of: (n) => base('buttons', { header: { type: 'text', text: text(n) } }),
  },
  {
    type: 'buttons',
    key: 'buttons.footer',
    min: 1,
    max: 60,
    of: (n) => base('buttons', { header: 'x', footer: text(n) }),
  },
  { type: 'buttons', key: 'buttons.buttons', min: 1, max: 3, of: buttons },
  { type: 'buttons', key: 'buttons.buttons[0].id', min: 1, max: 20, of: (n) => inButton({ id: text(n) }) },
  { type: 'buttons', key: 'buttons.buttons[0].title', min: 1, max: 20, of: (n) => inButton({ title: text(n) }) },
  { type: 'list', key: 'list.body.text', min: 1, max: 4096, of: (n) => base('list', { body: { text: text(n) } }) },
  {
    type: 'list',
    key: 'list.header.text',
    min: 1,
    max: 60,
    of: (n) => base('list', { header: { type: 'text', text: text(n) } }),
  },
  { type: 'list', key: 'list.footer.text', min: 1, max: 60, of: (n) => base('list', { footer: { text: text(n) } }) },
  { type: 'list', key: 'list.action.button', min: 1, max: 20, of: (n) => list({ button: text(n) }) },
  {
    type: 'list',
    key: 'list.action.sections',
    min: 1,
    max: 10,
    of: (n) => list({ sections: times(n, (at) => ({ title: `${at}`, rows: [row(at)] })) }),
  },
  { type: 'list', key: 'list.action.sections[0].rows', min: 1, max: 10, of: (n) => section({ rows: times(n, row) }) },
  {
    type: 'list',
    key: 'list.action.sections',
    max: 10,
    of: (n) =>
      list({
        sections: [
          { title: 'a', rows: times(n - 3, row) },
          { title: 'b', rows: times(3, (at) => row(at + 20)) },
        ],
      }),
  },
  { type: 'list', key: 'list.action.sections[0].title', max: 24, of: (n) => section({ title: text(n) }) },
  {
    type: 'list',
    key: 'list.action.sections[0].rows[0].id',
    min: 1,
    max: 200,
    of: (n) => section({ rows: [{ id: text(n), title: 'x' }] }),
  },
  {
    type: 'list',
    key: 'list.action.sections[0].rows[0].title',
    min: 1,
    max: 24,
    of: (n) => section({ rows: [{ id: 'x', title: text(n) }] }),
  },
  {
    type: 'list',
    key: 'list.action.sections[0].rows[0].description',
    max: 72,
    of: (n) => section({ rows: [{ ...row(1), description: text(n) }] }),
  },
  {
    type: 'contacts',
    key: 'contacts',
    min: 1,
    max: 257,
    of: (n) => times(n, () => ({ name: { formatted_name: 'A B', first_name: 'A' } })),
  },
  {
    type: 'contacts',
    key: 'contacts.name',
    min: 1,
    max: 1,
    of: (n) => contact({ name: times(n, () => ({ formatted_name: 'A B', first_name: 'A' })) }),
  },
  {
    type: 'contacts',
    key: 'contacts.org',
    min: 1,
    max: 1,
    of: (n) => contact({ org: times(n, () => ({ company: 'A' })) }),
  },
  { type: 'location_request', key: 'location_request.body', min: 1, max: 1024, of: (n) => ({ body: text(n) }) },
  { type: 'location', key: 'location.latitude', max: 90, of: (n) => ({ latitude: -n, longitude: 0 }) },
  { type: 'location', key: 'location.longitude', max: 180, of: (n) => ({ latitude: 0, longitude: `${n}` }) },
  {
    type: 'reaction',
    key: 'reaction.emoji',
    max: 1,
    of: (n) => ({ message_id: 'wamid.1', emoji: '👩🏽‍🚀'.repeat(n) }),
  },
  {
    type: 'cta_url',
    key: 'cta_url.display_text',
    min: 1,
    max: 20,
    of: (n) => base('cta_url', { display_text: text(n) }),
  },
  {
    type: 'cta_url',
    key: 'cta_url.url',
    max: 2000,
    of: (n) => base('cta_url', { url: `https://example.org/${'x'.repeat(n - 20)}` }),
  },
  { type: 'flow', key: 'flow.flow_cta', min: 1, max: 30, of: (n) => base('flow', { flow_cta: 'x'.repeat(n) }) },
  { type: 'flow', key: 'flow.body', min: 1, max: 1024, of: (n) => base('flow', { body: text(n) }) },
  { type: 'product', key: 'product.body', min: 1, max: 1024, of: (n) => base('product', { body: text(n) }) },
  {
    type: 'product_list',
    key: 'product_list.header',
    min: 1,
    max: 60,
    of: (n) => base('product_list', { header: text(n) }),
  },
  {
    type: 'product_list',
    key: 'product_list.sections',
    min: 1,
    max: 10,
    of: (n) => base('product_list', { sections: times(n, (at) => ({ title: `${at}`, product_items: items(1) })) }),
  },
  {
    type: 'product_list',
    key: 'product_list.sections[0].title',
    max: 24,
    of: (n) => base('product_list', { sections: [{ title: text(n), product_items: items(1) }] }),
  },
  {
    type: 'product_list',
    key: 'product_list.sections',
    max: 30,
    of: (n) =>
      base('product_list', {
        sections: [
          { title: 'a', product_items: items(n - 5) },
          { title: 'b', product_items: items(5) },
        ],
      }),
  },
  {
    type: 'carousel',
    key: 'carousel.cards',
    min: 2,
    max: 10,
    of: (n) => ({ body: 'x', cards: times(n, () => linkCard({})) }),
  },
  { type: 'carousel', key: 'carousel.body', min: 1, max: 1024, of: (n) => ({ ...carousel({}), body: text(n) }) },
  { type: 'carousel', key: 'carousel.cards[1].body', min: 1, max: 160, of: (n) => carousel({ body: text(n) }) },
  { type: 'carousel', key: 'carousel.cards[1].body', max: 2, of: (n) => carousel({ body: `a${'\n'.repeat(n)}b` }) },
  {
    type: 'carousel',
    key: 'carousel.cards[1].display_text',
    min: 1,
    max: 20,
    of: (n) => carousel({ display_text: text(n) }),
  },
  {
    type: 'call_permission_request',
    key: 'call_permission_request.body',
    min: 1,
    max: 1024,
    of: (n) => ({ body: text(n) }),
  },
  { type: 'contact_info_request', key: 'contact_info_request.body', min: 1, max: 1024, of: (n) => ({ body: text(n) }) },
  { type: 'raw', key: 'raw.text.body', min: 1, max: 4096, of: (n) => raw('text', { body: text(n) }) },
  { type: 'raw', key: 'raw.image.caption', max: 1024, of: (n) => raw('image', { id: '1', caption: text(n) }) },
  {
    type: 'raw',
    key: 'raw.interactive.body.text',
    min: 1,
    max: 1024,
    of: (n) =>
      rawInteractive({
        type: 'product',
        body: { text: text(n) },
        action: { catalog_id: '1', product_retailer_id: '2' },
      }),
  },
  { type: 'raw', key: 'raw.interactive.action.sections[0].rows', min: 1, max: 10, of: rawRows },
  {
    type: 'raw',
    key: 'raw.interactive.action.buttons[0].reply.id',
    min: 1,
    max: 256,
    of: (n) =>
      rawInteractive({
        type: 'button',
        action: { buttons: [{ type: 'reply', reply: { id: text(n), title: 'x' } }] },
      }),
  },
];

/** The numbers that a refusal of `count` has to tell, for every word about limits that is used. */
function assertRefusal(message: string, { key, max }: Limit, count: number): void {
  assert.ok(message.includes(`params.${key}`), `"${message}" names ${key}`);
  assert.ok(message.includes(String(count)) || count === 0, `"${message}" says that ${count} were given`);
  const limit = max === 1 ? /\bone\b|takes 1\b/ : new RegExp(`\\b${max}\\b`);
  assert.match(message, limit, 'says the limit');
  assert.ok(!message.includes('😀'), 'shows nothing of the text');
}

describe('message types of meta_whatsapp: limits', () => {
  for (const limit of limits) {
    const { type, key, min, max, of } = limit;
    const range = min === undefined ? `at most ${max}` : `${min} to ${max}`;
    it(`${key} takes ${range}, in YAML and once filled in`, async () => {
      for (const fits of [max, ...(min === undefined ? [] : [min])]) {
        const fine = await built(type, of(fits));
        assert.ok(fine.ok, JSON.stringify(fine));
        assert.deepEqual(checkedYaml(type, of(fits)), []);
      }
      for (const over of [max + 1, ...(min === undefined ? [] : [min - 1])]) {
        const refused = await built(type, of(over));
        assert.ok(!refused.ok, `${over} pass`);
        assert.equal(refused.problem.code, 'validation_failed');
        assertRefusal(refused.problem.message, limit, over);
        const inYaml = checkedYaml(type, of(over));
        assert.equal(inYaml.length, 1, inYaml.join('\n'));
        assert.match(inYaml[0]!, /^value_invalid /);
        assertRefusal(inYaml[0]!, limit, over);
      }
    });
  }
});
