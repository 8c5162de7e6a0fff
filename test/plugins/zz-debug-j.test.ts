import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { StoryHost } from '../support/story-host.js';
const template = (name: string) => readFileSync(`config/templates/${name}.yaml`, 'utf8');
describe('debug', function () {
  this.timeout(30_000);
  for (const variant of ['rotate', 'number', 'number+owner', 'rotate shown', 'rotate number'])
    it(variant, async () => {
      const host = await StoryHost.start({ parcel: template('parcel'), support: template('support') });
      let n = '27825550101';
      const wait = Number(process.env['GAP'] ?? 0);
      const stubref = await host.newStub('parcel', `+${n}`);
      await host.run(stubref, 'tell_customer', { data: { eta: 'at noon' } });
      await host.untilArrived(n, 1);
      await host.clientSays(n, { text: 'one' });
      await pause(300 + wait);
      const at = () => `/emulator/clients/${n}`;
      if (variant.startsWith('rotate')) await host.ask('POST', `${at()}/rotate-user-id`, {});
      if (variant.includes('number')) {
        if (wait) await pause(wait);
        const to = '27835550303';
        await host.ask('POST', `${at()}/change-number`, { to: `+${to}` });
        if (variant.includes('owner')) {
          await host.ask('POST', '/emulator/clients', { number: `+${n}`, new_person: true }, 201);
          await host.clientSays(n, { text: 'owner' });
        }
        n = to;
      }
      await host.clientSays(n, { text: 'two' });
      await pause(500);
      await host.clientSays(n, { text: 'three' });
      await pause(1500);
      await host.clientSays(n, { text: 'four' });
      await pause(500);
      const c = await host.conversation(n);
      console.log(variant, 'conv', c.client, c.user_id, c.aliases, c.stubsession, c.routing.map((t: any) => `${t.rule}>${t.to} ${t.message_id?.slice(-6)} `).join('\n'));
      console.log('stub', (await host.posts(stubref)).map((p) => p.message));
      console.log((await host.ask('GET', '/api/conversations')).items.map((i: any) => [i.client, i.user_id, i.stubsession]));
      await host.stop();
    });
});
