import type { Container } from 'inversify';
import { ActorMail } from '../actor/actor-mail.js';
import { ActorKind, type AnyActorKind } from '../contract/actor-kind.js';
import { TurnQueues } from '../queue/turn-queues.js';
import { RedisConnection } from '../redis/connection.js';
import { Keys } from '../redis/keys.js';

/**
 * The host's `ActorMail`: it asks for the kinds of actors with the first letter and not when it is made, because actors
 * are made with services that post letters themselves.
 */
export class LateActorMail extends ActorMail {
  private known: ReadonlyMap<string, AnyActorKind> | undefined;

  constructor(private readonly container: Container) {
    super(container.get(RedisConnection), container.get(Keys), container.get(TurnQueues));
  }

  override kind(name: string): AnyActorKind {
    this.known ??= new Map(this.container.getAll(ActorKind).map((kind) => [kind.kind, kind]));
    return this.known.get(name) ?? super.kind(name); // which says that there is none
  }
}
