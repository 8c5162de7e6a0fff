import { inject, injectable } from 'inversify';
import { Keys } from '../../core/index.js';

/** Names a lane of webhooks: one business number and one client, strictly in order. */
export const laneOf = (phoneNumberId: string, client: string): string => `${phoneNumberId}:${client}`;

/** Every key of the emulator; all carry the host's one hash tag. `client` is a number in digits. */
@injectable()
export class EmulatorKeys {
  constructor(@inject(Keys) private readonly keys: Keys) {}

  clockOffset = () => this.keys.clockOffset();
  /** Sorted set of clients by the time of their newest message. */
  clients = () => this.own('clients');
  /** Hash: `name`, and for each business number `from:` (last message), `seen:` (read up to), `typing:`, `pair:`. */
  client = (client: string) => this.own(`client:${client}`);
  /** Hash user id → client. */
  users = () => this.own('users');
  /** List of message ids, oldest first; hashes id → entry, id → status, id → what its `read` status needs. */
  chatOrder = (client: string) => this.own(`chat:${client}`);
  chatEntries = (client: string) => this.own(`chat-entries:${client}`);
  chatStatuses = (client: string) => this.own(`chat-statuses:${client}`);
  unread = (client: string) => this.own(`unread:${client}`);
  /** Stream of the Graph calls received. */
  requests = () => this.own('requests');
  /** Hash phone number id → conversational components. */
  automation = () => this.own('automation');
  /** Hash id → fault, and the counter of the ids. */
  faults = () => this.own('faults');
  faultIds = () => this.own('fault-ids');
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
