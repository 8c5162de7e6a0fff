import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { StubwireError } from '../../core/errors.js';
import { ConfigFile, ConfigWatch } from '../../core/reload/config-watch.js';
import { TemplateLedger } from '../../core/reload/template-ledger.js';
import { Templates } from '../../core/template/templates.js';
import { ConsoleRoutes } from '../../plugins/console/console-routes.js';
import { CASE_TEMPLATE, HttpRig } from '../core/http-rig.js';
import { openBrowser } from '../support/browser.js';
import { until } from '../support/until.js';

const BUILT = existsSync(fileURLToPath(new URL('../../plugins/console/page/index.html', import.meta.url)));
const TOKEN = 'a-token-of-the-test';
const HEADERS = { authorization: `Bearer ${TOKEN}` };
const MARKUP = '<img src=x onerror="document.title=1">';

const field = {
  name: 'text',
  keyname: 'text',
  landsAt: ['note', 'text'],
  fieldtype: 'text' as const,
  title: 'What happened',
  description: '',
  hideLabel: false,
  required: true,
  conditions: [],
  validations: [{ key: 'needed', validationtype: 'required' as const }],
  initvalue: {},
  params: {},
};
const note = { ...CASE_TEMPLATE.actions.get('note')!, fields: [field] };
const template = { ...CASE_TEMPLATE, actions: new Map([...CASE_TEMPLATE.actions, ['note', note]]) };

describe('console: the page', () => {
  let rig: HttpRig;
  let browser: Browser | undefined;
  let page: Page;
  const errors: string[] = [];

  before(async function () {
    if (!BUILT) this.skip();
    rig = new HttpRig({
      workers: true,
      templates: [template],
      routes: [new ConsoleRoutes()],
      http: { tokens: [{ name: 'test', token: TOKEN, role: 'operator' }] },
    });
    const older = { file: 'package.json', version: 'an older one' };
    (await rig.container.rebind(ConfigFile)).toConstantValue(older);
    await rig.start();
  });
  after(async () => {
    await browser?.close();
    await rig?.container.get(ConfigWatch).stop();
    await rig?.stop();
  });

  const make = async (subject: string): Promise<string> => {
    const { status, body } = await rig.ask('POST', '/api/stubs', { template: 'case', subject }, HEADERS);
    assert.equal(status, 201, JSON.stringify(body));
    return body.stubref;
  };
  const open = (hash: string) => page.goto(`${rig.address}/${hash}`);
  const see = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 5_000 });

  /** As when the reader comes back to the page: it reads everything anew. */
  const look = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

  it('is served at / with a policy that lets no script of others run', async () => {
    const { status, headers } = await rig.ask('GET', '/');
    assert.equal(status, 200);
    assert.match(headers.get('content-security-policy')!, /default-src 'self'; base-uri 'none'/);
    assert.match(headers.get('content-type')!, /text\/html/);
  });

  describe('in a browser', () => {
    before(async function () {
      browser = await openBrowser();
      if (!browser) this.skip();
      page = await browser.newPage({ viewport: { width: 390, height: 800 } });
      page.on('pageerror', (error) => errors.push(error.message));
    });
    afterEach(() => assert.deepEqual(errors, []));

    it('asks for a token where the host has some, and shows the templates then', async () => {
      await open('');
      await page.getByLabel('Token').fill('a-wrong-one');
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByRole('alert').getByText('This host does not accept this token').waitFor();
      assert.equal(await page.getByLabel('Token').inputValue(), 'a-wrong-one');
      await page.reload();
      await page.getByRole('alert').getByText('This host does not accept this token').waitFor();
      await page.getByLabel('Token').fill(TOKEN);
      await page.getByRole('button', { name: 'Open' }).click();
      await page.getByRole('heading', { name: 'case' }).waitFor();
      await see('note, close');
    });

    it('shows what outsiders wrote as text, and runs an action with its fields', async () => {
      const stubref = await make(MARKUP);
      await open('#/stubs');
      await page.getByRole('link', { name: stubref }).click();
      await page.getByRole('heading', { name: MARKUP }).waitFor();
      await page.locator('summary', { hasText: 'does note' }).click();
      await page.getByLabel('What happened').fill('it rained');
      await page.getByRole('button', { name: 'Run note' }).click();
      await see('note has run.');
      const { body } = await rig.ask('GET', `/api/stubs/${stubref}`, undefined, HEADERS);
      assert.deepEqual(body.data, { note: { text: 'it rained' } });
      await page.locator('.post', { hasText: 'note' }).first().waitFor();
      assert.match(await page.title(), new RegExp(stubref));
    });

    it('shows who ran an action, and in whose name', async () => {
      const { body: client } = await rig.ask('POST', '/api/contacts', { name: 'Thandi' }, HEADERS);
      const stubref = await make('In her name');
      const path = `/api/stubs/${stubref}/actions/note?wait=30000`;
      const posted_by = { on_behalf_of: client.contactuuid };
      await rig.ask('POST', path, { data: { note: { text: 'x' } }, posted_by }, HEADERS);
      await open(`#/stubs/${stubref}`);
      const [newest, first] = [page.locator('.post').first(), page.locator('.post').nth(1)];
      await newest.getByText(`in the name of ${client.contactuuid.slice(0, 8)}`).waitFor();
      assert.match((await first.textContent())!, /by test/);
      assert.doesNotMatch((await first.textContent())!, /in the name of/);
    });

    it('says that there is no such stub', async () => {
      await open('#/stubs/nope');
      await page.getByRole('heading', { name: 'There is no stub nope' }).waitFor();
      assert.doesNotMatch((await page.locator('main').textContent())!, /Reading/);
    });

    it('collapses the data of the last message, and does not break lines within a time', async () => {
      const stubref = await make('With a message');
      const data = { note: { text: 'x' }, _incoming_example: { body: 'as received' }, heimdall: { rule: 'none' } };
      await rig.ask('POST', `/api/stubs/${stubref}/actions/note?wait=30000`, { data }, HEADERS);
      await open(`#/stubs/${stubref}`);
      const shown = page.locator('section', { has: page.getByRole('heading', { name: 'Data' }) });
      await shown.locator('summary', { hasText: '_incoming_example' }).waitFor();
      assert.match((await shown.locator('> .data').textContent())!, /^\{\s+"note": \{\s+"text": "x"\s+\}\s+\}$/);
      assert.equal(await page.getByText('as received').first().isVisible(), false);
      await shown.locator('summary', { hasText: '_incoming_example' }).click();
      await shown.getByText('"as received"').waitFor();
      const lines = "[...document.querySelectorAll('time')].map((time) => time.getClientRects().length)";
      assert.deepEqual(new Set((await page.evaluate(lines)) as number[]), new Set([1]));
    });

    it('says that the configuration has changed and takes a restart', async () => {
      const watch = rig.container.get(ConfigWatch);
      watch.start();
      await until('the change to be seen', () => watch.restartNeeded);
      await page.reload();
      await see('The configuration file has changed since this process started.');
    });

    it('tells why an action was refused', async () => {
      await open(`#/stubs/${await make('refused')}`);
      await page.locator('summary', { hasText: '_update' }).click();
      await page.locator('details[open]').getByLabel('More data').fill('{"subject": 7}');
      await page.getByRole('button', { name: 'Run _update' }).click();
      await page.getByRole('alert').getByText('data.subject is 7').waitFor();
    });

    it('shows a refused file with place and line as it comes, and takes it away again', async () => {
      await open('#/templates');
      const ledger = rig.container.get(TemplateLedger);
      const place = { file: 'case.yaml', line: 2, column: 16, excerpt: `initial_state: ${MARKUP}` };
      const problem = new StubwireError('state_unknown', 'There is no state of that name.', { place });
      await ledger.take([{ file: 'case.yaml', version: 'abc', problems: [problem] }]);
      rig.container.get(Templates).replace(new Map([['case', template]]));
      await look();
      await see('case.yaml:2:16');
      await see(`initial_state: ${MARKUP}`);
      await ledger.take([{ file: 'case.yaml', gone: true }]);
      rig.container.get(Templates).replace(new Map([['case', template]]));
      await look();
      await page.getByText('case.yaml:2:16').waitFor({ state: 'detached' });
    });

    it('lists stubs whose state is gone, and moves one on', async () => {
      const stubref = await make('left behind');
      const states = new Map([['begun', { name: 'begun', actions: ['note'], isDone: false }]]);
      rig.container.get(Templates).replace(new Map([['case', { ...template, states, initialState: 'begun' }]]));
      await look();
      await see('Stubs in states that are gone');
      await page.getByRole('link', { name: stubref }).click();
      await see('which the template "case" no longer has');
      await page.getByLabel('Move it to').selectOption('begun');
      await page.getByRole('button', { name: 'Move' }).click();
      await until('the stub to be moved', async () => {
        const { body } = await rig.ask('GET', `/api/stubs/${stubref}`, undefined, HEADERS);
        return body.state === 'begun';
      });
      await page.getByText('This stub cannot go on').waitFor({ state: 'detached' });
    });

    it('is no wider than the screen of a phone, and can be gone through with the keyboard', async () => {
      for (const hash of ['#/templates', '#/stubs']) {
        await open(hash);
        await page.getByRole('heading', { level: 1 }).waitFor();
        assert.ok(((await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number) <= 0);
      }
      await open('#/templates');
      await page.reload(); // so that the keyboard begins at the top of the page
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Stubs' }).waitFor();
    });
  });
});
