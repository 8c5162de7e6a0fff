import { StoryHost } from '../support/story-host.js';
import { until } from '../support/until.js';
describe('sizes', function () {
  this.timeout(60_000);
  it('x', async () => {
    const host = await StoryHost.start({});
    const run = async (name: string, messages: object[]) => {
      const t = performance.now();
      const status = await host.webhook({ messages });
      const ack = performance.now() - t;
      await until('all', async () => { let n = 0; let cursor: string | null = null; do { const r: any = await host.ask('GET', `/api/unrouted?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`); n += r.items.length; cursor = r.next_cursor; } while (cursor); return n >= total; }, 50_000).catch((e) => console.log(String(e).slice(0, 100)));
      console.log(name, status, 'ack', Math.round(ack), 'all', Math.round(performance.now() - t), 'rss', Math.round(process.memoryUsage().rss / 1e6));
    };
    let total = 0;
    const make = (n: number, bytes: number, clients: number, tag: string) => { total += n; return Array.from({ length: n }, (_, i) => ({ id: `wamid.${tag}${i}`, from: `2782100${String(i % clients).padStart(4, '0')}`, from_user_id: `ZA.9${i % clients}`, timestamp: '1700000000', type: 'text', text: { body: 'x'.repeat(bytes) } })); };
    await run('warm', make(1, 10, 1, 'w'));
    await run('1000 of 2.7KB, 1 client', make(1000, 2700, 1, 'a'));
    await run('1000 of 2.7KB, 200 clients', make(1000, 2700, 200, 'b'));
    await run('1 of 2.9MB', make(1, 2_900_000, 1, 'c'));
    await run('40 of 70KB, 1 client', make(40, 70_000, 1, 'd'));
    await run('command 70KB', make(1, 0, 1, 'e').map((m) => ({ ...m, text: { body: `/run ${'.'.repeat(70_000)}` } })));
    console.log((await host.ask('GET', '/api/dead-letters')).items.map((i: any) => JSON.stringify(i).slice(0, 600)));
    await host.stop();
  });
});
