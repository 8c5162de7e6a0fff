import { inject, injectable } from 'inversify';
import { RedisConnection, Script } from '../../../core/index.js';
import { EmulatorKeys } from '../emulator-keys.js';
import type { CallKind } from './answering-faults.js';
import { type Fault, type Struck, struckBy } from './fault.js';

const beginScript = new Script(new URL('../scripts/emulator-begin.lua', import.meta.url));
/** Such calls are about no client: the script finds an empty record of him. */
const NOBODY = '';

/** Takes the faults that strike a call which opens no chat. */
@injectable()
export class FaultStrike {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
  ) {}

  async take(profile: string, call: CallKind, kinds: string): Promise<Struck> {
    const { keys } = this;
    const names = [keys.clockOffset(), keys.faults(), keys.client(NOBODY), keys.unread(NOBODY), keys.settings()];
    const args = [NOBODY, profile, kinds, call, NOBODY];
    const answer = await this.redis.orAway(beginScript.run(this.redis.client, names, args));
    const faults = (answer as readonly unknown[]).at(-1) as readonly string[];
    return struckBy(faults.map((text) => JSON.parse(text) as Fault));
  }
}
