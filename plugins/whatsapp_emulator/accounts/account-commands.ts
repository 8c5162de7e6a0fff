import { inject, injectable } from 'inversify';
import { RedisConnection } from '../../../core/index.js';
import { EmulatorKeys } from '../emulator-keys.js';

/** A command that a business has told Meta of; a client's phone offers it after `/`. */
export interface OfferedCommand {
  readonly command_name: string;
  readonly command_description: string;
}

/** The commands that businesses have set by `conversational_automation`. */
@injectable()
export class AccountCommands {
  constructor(
    @inject(RedisConnection) private readonly redis: RedisConnection,
    @inject(EmulatorKeys) private readonly keys: EmulatorKeys,
  ) {}

  async ofNumbers(phoneNumberIds: readonly string[]): Promise<readonly (readonly OfferedCommand[])[]> {
    if (phoneNumberIds.length === 0) return [];
    const stored = await this.redis.orAway(this.redis.client.hmget(this.keys.automation(), ...phoneNumberIds));
    return stored.map((text) => (text === null ? [] : ((JSON.parse(text) as Automation).commands ?? [])));
  }
}

interface Automation {
  readonly commands?: readonly OfferedCommand[];
}
