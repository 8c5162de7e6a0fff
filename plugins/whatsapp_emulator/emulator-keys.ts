import { inject, injectable } from 'inversify';
import { Keys } from '../../core/index.js';

/** Stands for the client in a lane of webhooks that are nobody's or several clients'. */
export const NO_CLIENT = '*';

/** Names a lane of webhooks: one business number and one client, strictly in order. `aside`: a lane beside that one. */
export const laneOf = (phoneNumberId: string, client: string, aside = ''): string =>
  `${phoneNumberId}:${client}${aside && `/${aside}`}`;

/** What a lane's name says. */
export function readLane(lane: string): {
  readonly phoneNumberId: string;
  readonly client: string;
  readonly aside: string;
} {
  const [phoneNumberId = '', rest = ''] = lane.split(':');
  const [client = '', aside = ''] = rest.split('/');
  return { phoneNumberId, client, aside };
}

/** Every key of the emulator; all carry the host's one hash tag. `client` is a number in digits. */
@injectable()
export class EmulatorKeys {
  constructor(@inject(Keys) private readonly keys: Keys) {}

  clockOffset = () => this.keys.clockOffset();
  /** Sorted set of clients by the time of their newest message. */
  clients = () => this.own('clients');
  /** Hash: what `personOf` reads, and for each business number `from:` (last message), `seen:` (read up to), `typing:`, `pair:`. */
  client = (client: string) => this.own(`client:${client}`);
  /** Hash user id → client. */
  users = () => this.own('users');
  /** Hash number → client, for numbers that are not the client's first; empty: nobody has the number now. */
  numbers = () => this.own('numbers');
  /** List of message ids, oldest first; hashes id → entry, id → status, id → what its `read` status needs. */
  chatOrder = (client: string) => this.own(`chat:${client}`);
  chatEntries = (client: string) => this.own(`chat-entries:${client}`);
  chatStatuses = (client: string) => this.own(`chat-statuses:${client}`);
  unread = (client: string) => this.own(`unread:${client}`);
  /** Stream of the Graph calls received. */
  requests = () => this.own('requests');
  /** Hash phone number id → conversational components. */
  automation = () => this.own('automation');
  /** Hash phone number id and setting → the business's value: `:identity_key_check`, `:profile:about`. */
  settings = () => this.own('settings');
  /** Hash name and language → what became of a template of this business account: its definition, or that it is deleted. */
  templates = (wabaId: string) => this.own(`templates:${wabaId}`);
  /** Sorted set of the last second's sends of a business number. */
  sendRate = (phoneNumberId: string) => this.own(`send-rate:${phoneNumberId}`);
  /** Hash media id → record; the content stands in files. */
  media = () => this.own('media');
  /** Hash id → fault, and the counter of the ids. */
  faults = () => this.own('faults');
  faultIds = () => this.own('fault-ids');
  /** List of the newest webhooks that were taken, oldest first. */
  posted = () => this.own('posted');
  /** Lists of webhooks that wait to be posted, and of statuses that a fault holds back. */
  outbox = (lane: string) => this.own(`outbox:${lane}`);
  held = (lane: string) => this.own(`held:${lane}`);
  heldLanes = () => this.own('held-lanes');
  /** Sorted sets of lanes by ms: when the next webhook may leave (product clock), when the lease ends (Redis' time). */
  due = () => this.own('due');
  leased = () => this.own('leased');
  leaseHolders = () => this.own('lease-holders');

  private own(name: string): string {
    return this.keys.plugin('whatsapp_emulator', name);
  }
}
