import { randomUUID } from 'node:crypto';
import { inject, injectable, multiInject, optional } from 'inversify';
import { ActorStore } from '../actor/actor-store.js';
import { RedisClock } from '../actor/redis-clock.js';
import { ActorKind, type AnyActorKind } from '../contract/actor-kind.js';
import { Channel, type Delivery } from '../contract/channel.js';
import type { DeliveryStep } from '../contract/stub.js';
import { LanePauses } from '../notification/lane-pauses.js';
import { Keys } from '../redis/keys.js';
import { StubActor } from '../stub/stub-actor.js';
import { type RunRequest, refusal, StubDesk } from '../stub/stub-desk.js';
import { type DryRunView, eventsOf, type ForeseenDelivery, foreseenPost, lettersOf, timersOf } from './dry-run-view.js';
import { Foresight } from './foresight.js';

/** Shows what the run of an action would come to. It reads only: nothing is sent, stored or called. */
@injectable()
export class DryRuns {
  private readonly channels: ReadonlyMap<string, Channel>;
  private readonly lanes: ReadonlySet<string>;

  constructor(
    @inject(StubDesk) private readonly desk: StubDesk,
    @inject(StubActor) private readonly stubs: StubActor,
    @inject(ActorStore) private readonly actors: ActorStore,
    @inject(RedisClock) private readonly clock: RedisClock,
    @inject(LanePauses) private readonly pauses: LanePauses,
    @inject(Keys) private readonly keys: Keys,
    @multiInject(ActorKind) private readonly kinds: AnyActorKind[],
    @multiInject(Channel) @optional() channels: Channel[] = [],
  ) {
    this.channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.lanes = new Set(channels.flatMap(({ lanes }) => lanes.map(({ queue }) => queue)));
  }

  /** Throws what a run would be refused with. */
  async of(stubref: string, action: string, request: RunRequest): Promise<DryRunView> {
    const { stub, letter } = await this.desk.asked(stubref, action, request);
    const nowMs = await this.clock.nowMs();
    const id = `dry-run:${randomUUID()}`;
    const result = await this.stubs.foresee(stub, { id, atMs: nowMs, body: letter }, nowMs);
    const { v: _, ...post } = result.post;
    if (post.refused) throw refusal(post.refused);
    const foresight = new Foresight({
      keys: this.keys,
      nowMs,
      kinds: new Map(this.kinds.map((kind) => [kind.kind, kind])),
      lanes: this.lanes,
      record: (ref) => this.actors.record(ref),
    });
    const deliveries: ForeseenDelivery[] = [];
    const beside: ForeseenDelivery[] = [];
    for (const planned of result.deliveries) {
      const foreseen = await foresight.of(planned);
      deliveries.push(await this.view(planned.delivery, foreseen.step, foreseen.lane));
      for (const { delivery, lane } of foreseen.beside)
        beside.push(await this.view(delivery, { status: 'queued', at: delivery.created_at }, lane));
    }
    return {
      dry_run: true,
      stubpost: foreseenPost(post, deliveries, new Date(nowMs).toISOString()),
      stub: this.desk.view(result.stub),
      deliveries,
      also_sent: beside,
      letters: lettersOf(result.tells),
      timers: timersOf(result.timers),
      events: eventsOf(result.writes, this.keys),
    };
  }

  private async view(delivery: Delivery, step: DeliveryStep, lane: string | undefined): Promise<ForeseenDelivery> {
    const { id, origin, channel, profile, to, options } = delivery;
    const isFinal = step.status === 'failed';
    const pause = lane === undefined || isFinal ? undefined : await this.pauses.state(lane);
    const error = step.error ?? pause?.pause?.problem;
    const request = isFinal ? undefined : await this.channels.get(channel)?.preview?.(delivery);
    return {
      id,
      ...(origin && { notification: origin.notification }),
      recipient: origin?.recipient ?? '',
      channel,
      ...(profile !== undefined && { profile }),
      to,
      outcome: outcomeOf(step, lane === undefined || pause?.paused === true),
      ...(error && { error }),
      ...(step.note !== undefined && { note: step.note }),
      ...(request && { request }),
      ...(!isFinal && !request && { message: delivery.message }),
      ...(Object.keys(options).length > 0 && { options }),
    };
  }
}

function outcomeOf({ status }: DeliveryStep, isHeld: boolean): ForeseenDelivery['outcome'] {
  if (status === 'failed' || status === 'stashed') return status;
  return isHeld ? 'waits' : 'sent';
}
