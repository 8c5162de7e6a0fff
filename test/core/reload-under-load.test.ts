import assert from 'node:assert/strict';
import { changeOf } from '../../core/reload/file-version.js';
import { TemplateLedger } from '../../core/reload/template-ledger.js';
import { SaveData } from '../../core/stub/tasks/savedata.js';
import { vocabulary } from '../support/template-vocabulary.js';
import { HttpRig } from './http-rig.js';

const VERSIONS = 50;
const FILE = 'both.yaml';

/** Version `k` of a file: every step of a run tells which one it is of, and the steps between them take time. */
const content = (k: number) => `
template: steady
initial_state: open
states: { open: { actions: [mark] } }
actions:
  mark:
    tasks:
      one: { tasktype: savedata, params: { data: { one: ${k} } } }
      two: { tasktype: savedata, conditions: '$exists(stub.data.one)', params: { data: { two: ${k} } } }
      three: { tasktype: savedata, conditions: '$exists(stub.data.two)', params: { data: { three: ${k} } } }
---
template: born
initial_state: s${k}
states: { s${k}: {} }
actions:
  _create:
    tasks:
      made: { tasktype: savedata, params: { data: { made: ${k} } } }
`;

describe('templates replaced under load', () => {
  let rig: HttpRig;
  before(async () => {
    rig = new HttpRig({ workers: true, tasks: [new SaveData()] });
    await rig.start();
  });
  after(() => rig.stop());

  it('every run and every birth is of one version, and none is lost or refused', async () => {
    const ledger = rig.container.get(TemplateLedger);
    const take = async (k: number) => {
      await ledger.take([await changeOf(FILE, Buffer.from(content(k)), vocabulary, () => undefined)]);
    };
    await take(0);
    const create = async (template: string, data: object) => {
      const lists = {
        _created_by: [{ mobile: `+2782555${String(1_000 + Math.floor(Math.random() * 8_999))}`, name: 'X' }],
      };
      const { status, body } = await rig.ask('POST', '/api/stubs', { template, data, contact_lists: lists });
      assert.equal(status, 201, JSON.stringify(body));
      return body.stubref as string;
    };
    const steady = await Promise.all([1, 2, 3, 4, 5, 6].map(() => create('steady', {})));
    let isOver = false;
    const mark = async (stubref: string) => {
      const seen = new Set<number>();
      while (!isOver) {
        const { status, body } = await rig.ask('POST', `/api/stubs/${stubref}/actions/mark?wait=30000`, {});
        assert.equal(status, 200, JSON.stringify(body));
        const { one, two, three } = body.tasks;
        assert.deepEqual([two.payload.two, three.payload.three], [one.payload.one, one.payload.one]);
        seen.add(one.payload.one);
      }
      return seen;
    };
    const bear = async () => {
      const born: string[] = [];
      while (!isOver) born.push(await create('born', {}));
      return born;
    };
    const marks = Promise.all(steady.map(mark));
    const births = Promise.all([bear(), bear()]);
    for (let k = 1; k <= VERSIONS; k += 1) {
      await take(k);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    isOver = true;
    const seen = new Set((await marks).flatMap((each) => [...each]));
    assert.ok(seen.size > 3, `only ${seen.size} versions were met`);
    for (const stubref of (await births).flat()) {
      const { body } = await rig.ask('GET', `/api/stubs/${stubref}`);
      assert.equal(body.state, `s${body.data.made}`);
    }
  });
});
