/**
 * What the conversation of one profile and one client should do, told as simply as the published model tells it: the
 * reference that random walks are held against. It shares no code with the product. Times are hours on a clock that
 * only jumps.
 */
export const MODEL_LIMITS = { stash: 3, stashHours: 168, askAgainHours: 168, windowHours: 24 };

export interface ModelChanges {
  readonly hours?: number;
  readonly minutes?: number;
  readonly cancel?: boolean;
  readonly specific?: string;
  /** The session points at this stub instead. */
  readonly target?: string;
}

export interface ModelMessage {
  readonly body: string;
  readonly stubref: string;
  readonly isTemplate: boolean;
  readonly changes: ModelChanges;
}

interface Held {
  readonly stubref: string;
  readonly until: number;
}

/** Where a client's message should land: the rule, and the stub or what else takes it. */
export interface Landing {
  readonly rule: string;
  readonly to: string;
}

export const REQUEST = 'interaction request';

export class ConversationModel {
  /** What the client should have got, in order; `REQUEST` stands for an interaction request. */
  readonly arrived: string[] = [];
  readonly failed = new Map<string, string>();
  readonly landings: Landing[] = [];
  /** Bodies of the messages that ask for specific replies. */
  readonly specific = new Set<string>();
  private windowUntil = -1;
  private request: { readonly until: number } | undefined;
  private rejectedUntil = -1;
  private stash: { readonly message: ModelMessage; readonly place: number }[] = [];
  private places = 0;
  private session: Held | undefined;
  private sessionPlace = 0;
  private nextreply: Held | undefined;
  private nextreplyPlace = 0;

  get wasAsked(): boolean {
    return this.arrived.includes(REQUEST);
  }

  out(message: ModelMessage, now: number): void {
    this.places += 1;
    const entry = { message, place: this.places };
    if (message.isTemplate) {
      this.leave(entry, now);
    } else if (now < this.rejectedUntil) {
      this.failed.set(message.body, 'interaction_rejected');
    } else if (now < this.windowUntil && this.stash.length === 0) {
      this.leave(entry, now);
    } else if (this.stash.length >= MODEL_LIMITS.stash) {
      this.failed.set(message.body, 'stash_full');
    } else {
      this.stash.push(entry);
      if (this.request) return;
      this.request = { until: now + MODEL_LIMITS.stashHours };
      this.arrived.push(REQUEST);
    }
  }

  /** The client writes; `quoted` is the body of the message of ours that they quote. */
  says(now: number, quoted?: string): void {
    this.opened(now);
    const landing = this.landing(now, quoted);
    if (landing.rule === 'nextreply') this.nextreply = undefined;
    this.release(now);
    this.landings.push(landing);
  }

  allows(now: number): void {
    this.opened(now);
    this.release(now);
    this.landings.push({ rule: REQUEST, to: 'allowed' });
  }

  rejects(now: number): void {
    this.opened(now);
    this.drop('interaction_rejected');
    this.rejectedUntil = now + MODEL_LIMITS.askAgainHours;
    this.landings.push({ rule: REQUEST, to: 'rejected: the stash was dropped' });
  }

  /** Time has come to `now`. */
  passes(now: number): void {
    if (this.request && now >= this.request.until) this.drop('interaction_request_expired');
  }

  private opened(now: number): void {
    this.windowUntil = now + MODEL_LIMITS.windowHours;
    this.rejectedUntil = -1;
  }

  private landing(now: number, quoted: string | undefined): Landing {
    if (quoted !== undefined && this.specific.has(quoted)) return { rule: 'specificreply', to: 'unrouted inbox' };
    if (this.nextreply && now < this.nextreply.until) return { rule: 'nextreply', to: this.nextreply.stubref };
    if (this.session && now < this.session.until) return { rule: 'stubsession', to: this.session.stubref };
    return { rule: 'unsolicited', to: 'unrouted inbox' };
  }

  private release(now: number): void {
    const waiting = this.stash;
    this.stash = [];
    this.request = undefined;
    for (const entry of waiting) this.leave(entry, now);
  }

  private drop(code: string): void {
    for (const { message } of this.stash) this.failed.set(message.body, code);
    this.stash = [];
    this.request = undefined;
  }

  private leave({ message, place }: { readonly message: ModelMessage; readonly place: number }, now: number): void {
    const { stubref, body, changes } = message;
    this.arrived.push(body);
    if (changes.specific !== undefined) this.specific.add(body);
    if ((changes.cancel || changes.hours !== undefined) && place > this.sessionPlace) {
      this.sessionPlace = place;
      this.session =
        changes.hours === undefined ? undefined : { stubref: changes.target ?? stubref, until: now + changes.hours };
    }
    if (changes.minutes !== undefined && place > this.nextreplyPlace) {
      this.nextreplyPlace = place;
      this.nextreply = { stubref, until: now + changes.minutes / 60 };
    }
  }
}
