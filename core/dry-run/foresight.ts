import { readState } from '../actor/actor-turn.js';
import type { ActorRef, AnyActorKind, Tell, Write } from '../contract/actor-kind.js';
import type { Delivery } from '../contract/channel.js';
import type { DeliveryStep } from '../contract/stub.js';
import type { PlannedDelivery } from '../notification/planned-delivery.js';
import type { Keys } from '../redis/keys.js';

/** Addresses of one person that lead from one to the next at most. */
const HOPS_AT_MOST = 8;

/** What may be looked at. */
export interface Foreseeable {
  readonly keys: Keys;
  readonly nowMs: number;
  /** By name. */
  readonly kinds: ReadonlyMap<string, AnyActorKind>;
  /** Kinds that send. */
  readonly lanes: ReadonlySet<string>;
  /** The stored state of an actor. */
  record(ref: ActorRef): Promise<unknown>;
}

/** Where a delivery would be next, were it told now. */
export interface Foreseen {
  /** Its newest step; `queued` with a `lane`: it goes to the provider in its turn; without: an actor on the way holds it. */
  readonly step: DeliveryStep;
  readonly lane?: string;
  /** Messages that leave of the channel's own accord with it: an interaction request; and the lane of each. */
  readonly beside: readonly { readonly delivery: Delivery; readonly lane?: string }[];
}

/**
 * Looks one letter ahead for planned deliveries, in their order: each actor on the way is asked what it would decide, which
 * changes nothing, and what it decided is what the next delivery finds. Letters that wait in mailboxes are not looked at.
 */
export class Foresight {
  private readonly states = new Map<string, unknown>();

  constructor(private readonly around: Foreseeable) {}

  async of({ delivery, step: planned, tell: first }: PlannedDelivery): Promise<Foreseen> {
    let step = planned;
    const beside: Foreseen['beside'][number][] = [];
    let tell = first;
    for (let hops = 0; tell && hops < HOPS_AT_MOST; hops += 1) {
      if (this.around.lanes.has(tell.to.kind)) return { step, lane: tell.to.kind, beside };
      const { writes = [], tells = [] } = await this.decide(tell);
      for (const write of writes) {
        const { about, doc } = this.written(write, delivery.id);
        step = about ?? step;
        if (doc) beside.push({ delivery: doc, ...this.laneOf(doc, tells) });
      }
      tell = tells.find(({ body }) => goesOn(body, delivery.id));
    }
    return { step, beside };
  }

  private async decide({ to, id, body }: Tell) {
    const { kinds, nowMs } = this.around;
    const kind = kinds.get(to.kind)!; // a plan names a kind that its plugin contributes
    const name = `${to.kind}|${to.id}`;
    const state = this.states.has(name) ? this.states.get(name) : await this.stored(kind, to);
    const decision = await kind.decide({ id: to.id, state, nowMs }, { id, atMs: nowMs, body });
    this.states.set(name, decision.state);
    return decision;
  }

  private laneOf({ id }: Delivery, tells: readonly Tell[]): { readonly lane?: string } {
    const lane = tells.find(({ to, body }) => this.around.lanes.has(to.kind) && goesOn(body, id))?.to.kind;
    return lane === undefined ? {} : { lane };
  }

  private async stored(kind: AnyActorKind, ref: ActorRef): Promise<unknown> {
    const record = await this.around.record(ref);
    return record === undefined ? kind.initial(ref.id) : readState(kind, record);
  }

  /** A step of this delivery, or another delivery that comes to be. */
  private written([command, key, field, value]: Write, id: string): { about?: DeliveryStep; doc?: Delivery } {
    const { keys } = this.around;
    if (command !== 'HSETNX' || typeof value !== 'string') return {};
    if (key === keys.delivery(id)) return String(field).startsWith('step:') ? { about: JSON.parse(value) } : {};
    return field === 'doc' && key.startsWith(keys.delivery('')) ? { doc: JSON.parse(value) } : {};
  }
}

function goesOn(body: unknown, id: string): boolean {
  const { type, delivery } = body as { readonly type?: unknown; readonly delivery?: unknown };
  return type === 'deliver' && delivery === id;
}
