import { inject, injectable, multiInject, optional } from 'inversify';
import { Channel } from '../contract/channel.js';
import type { Json, JsonObject } from '../contract/json.js';
import { Org } from '../contract/org.js';
import type { Contact, ContactPoint } from '../contract/stub.js';
import { TaskType } from '../contract/task-type.js';
import { StubwireError } from '../errors.js';
import { FileStore, fileObject } from '../file/file-store.js';
import { Lids } from '../lid/lids.js';
import { ConditionRunner } from '../template/conditions.js';
import { Substitution } from '../template/substitution.js';
import { ContactBook } from './contact-book.js';
import { contactPointsOf } from './contact-points.js';
import type { RunWorld } from './run.js';

/** What the engine may read, put together for one run. */
@injectable()
export class RunWorlds {
  private readonly world: Omit<RunWorld, 'nowMs' | 'dryRun'>;

  constructor(
    @inject(ContactBook) private readonly book: ContactBook,
    @inject(FileStore) files: FileStore,
    @inject(Lids) lids: Lids,
    @inject(ConditionRunner) conditions: ConditionRunner,
    @inject(Substitution) substitution: Substitution,
    @inject(Org) private readonly org: Org,
    @multiInject(Channel) @optional() channels: Channel[] = [],
    @multiInject(TaskType) @optional() taskTypes: TaskType[] = [],
  ) {
    this.world = {
      org,
      substitution,
      channels: new Map(channels.map((channel) => [channel.id, channel])),
      taskTypes: new Map(taskTypes.map((type) => [type.tasktype, type])),
      contacts: (ids) => book.getMany(ids),
      contactId: (named) => this.contactId(named),
      file: async (fileuuid) => {
        const file = await files.get(fileuuid);
        return file && fileObject(file);
      },
      lids,
      holds: (list, roots) => conditions.holds(list, roots as unknown as JsonObject),
      matches: (regex, flags, text) => conditions.matches(regex, flags, text),
    };
  }

  /** Contacts are read once in it, so a run sees each as it was when it was first looked at. */
  of({ nowMs, dryRun }: Pick<RunWorld, 'nowMs' | 'dryRun'>): RunWorld {
    return { ...this.world, nowMs, dryRun, contacts: readOnce(this.world.contacts) };
  }

  private async contactId(named: Json): Promise<string | undefined> {
    if (typeof named === 'string') return (await this.book.get(named))?.contactuuid;
    if (typeof named !== 'object' || named === null || Array.isArray(named)) return undefined;
    const { contactuuid, type, contact, mobile } = named;
    if (typeof contactuuid === 'string') return (await this.book.get(contactuuid))?.contactuuid;
    const point = typeof mobile === 'string' ? { type: 'mobile', contact: mobile } : { type, contact };
    if (typeof point.contact !== 'string' || !['mobile', 'email', 'whatsapp_user'].includes(String(point.type))) {
      return undefined;
    }
    const [normal] = this.pointsOf(point as ContactPoint);
    return normal && (await this.book.findByPoint(normal.type, normal.contact))?.contactuuid;
  }

  /** None where the number is none. */
  private pointsOf(point: ContactPoint): readonly ContactPoint[] {
    try {
      return contactPointsOf({ contactpoints: [point] }, this.org.default_country);
    } catch (error) {
      if (error instanceof StubwireError) return [];
      throw error;
    }
  }
}

function readOnce(read: RunWorld['contacts']): RunWorld['contacts'] {
  const known = new Map<string, Contact | undefined>();
  return async (ids) => {
    const missing = ids.filter((id) => !known.has(id));
    if (missing.length > 0)
      for (const [at, contact] of (await read(missing)).entries()) known.set(missing[at]!, contact);
    return ids.map((id) => known.get(id));
  };
}
