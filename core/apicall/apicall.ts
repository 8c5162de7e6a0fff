import { setTimeout as sleep } from 'node:timers/promises';
import { inject, injectable } from 'inversify';
import { Postponed } from '../actor/postponed.js';
import type { Service } from '../contract/service.js';
import type { Problem } from '../contract/stub.js';
import type { TaskInput, TaskResult, TaskType } from '../contract/task-type.js';
import { Logger } from '../observability/logger.js';
import { derivedUuid } from '../stub/ids.js';
import { ApicallConfig } from './apicall-config.js';
import { ApicallParams, mayBeRepeated } from './apicall-params.js';
import { callAnswer } from './call-answer.js';
import { CallJournal, type CallResult } from './call-journal.js';
import { retryAfterMs, retryWaitMs } from './call-retry.js';
import { CallSlots } from './call-slots.js';
import { shownHost } from './callee.js';
import { type AttemptOutcome, HttpCaller } from './http-caller.js';
import { type OutgoingCall, outgoingCall } from './outgoing-call.js';
import { SecretRedactor } from './secret-redactor.js';

/** How long calls under way may still end when the program stops, ms: one that a repeat would do twice is waited for. */
const GRACE_MS = 1_000;
const UNREPEATABLE_GRACE_MS = 8_000;
/** A call that was cut by a stop is made again by whoever runs then. */
const AFTER_STOP_MS = 500;

/**
 * `apicall`: asks another system over HTTP in the stub's turn, which waits for the answer; other stubs do not. The request
 * carries an `Idempotency-Key` of the stubpost and the task, the same one whenever it is made again. Errors on the task:
 * `apicall_refused`, `apicall_secret`, `apicall_no_answer`, `apicall_status`, `apicall_answer_unfit`.
 */
@injectable()
export class Apicall implements TaskType<ApicallParams>, Service {
  readonly tasktype = 'apicall';
  readonly name = 'apicall';
  readonly params = ApicallParams;
  private readonly slots = new CallSlots();
  /** With how long a stop waits for it. */
  private readonly underWay = new Map<Promise<unknown>, number>();
  private readonly stopping = new AbortController();
  private isStopping = false;

  constructor(
    @inject(ApicallConfig) private readonly config: ApicallConfig,
    @inject(HttpCaller) private readonly http: HttpCaller,
    @inject(CallJournal) private readonly journal: CallJournal,
    @inject(Logger) private readonly log: Logger,
  ) {}

  async run({ params, idempotencyKey, dryRun }: TaskInput<ApicallParams>): Promise<TaskResult> {
    const key = derivedUuid('apicall', idempotencyKey);
    const built = outgoingCall(params, this.config, key);
    if (!built.ok) return { success: false, error: built.problem };
    if (dryRun) return { success: true, payload: { would_request: shownCall(built.call) } };
    const known = await this.journal.read(key);
    const result = known ?? (await this.journal.keep(key, await this.inSlot(built.call, params)));
    const writes = this.journal.forgetting(key);
    const { payload, error } = result;
    return error ? { success: false, error, payload, writes } : { success: true, payload, writes };
  }

  start(): void {}

  /** Lets calls under way end for a moment, then cuts them: their letters wait for the next start. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const ended = new AbortController();
    const graceMs = Math.max(0, ...this.underWay.values());
    const late = sleep(graceMs, undefined, { signal: ended.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled(this.underWay.keys()), late]);
    ended.abort();
    this.stopping.abort();
    await this.http.close();
  }

  private async inSlot(call: OutgoingCall, params: ApicallParams): Promise<CallResult> {
    if (this.isStopping) throw new Postponed(AFTER_STOP_MS);
    const slot = this.slots.take(call.url.host, performance.now());
    if (!slot.ok) throw new Postponed(slot.afterMs);
    const calling = this.call(call, params);
    this.underWay.set(calling, mayBeRepeated(params) ? GRACE_MS : UNREPEATABLE_GRACE_MS);
    try {
      return await calling;
    } catch (error) {
      throw this.stopping.signal.aborted ? new Postponed(AFTER_STOP_MS) : error;
    } finally {
      this.underWay.delete(calling);
      slot.release();
    }
  }

  private async call(call: OutgoingCall, params: ApicallParams): Promise<CallResult> {
    const startedMs = performance.now();
    const leftMs = () => Math.max(1, Math.round(startedMs + params.give_up_after_ms - performance.now()));
    const maxBytes = params.max_answer_kb * 1024;
    const { signal } = this.stopping;
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = Math.min(params.timeout_ms, leftMs());
      const outcome = await this.http.attempt(call, { timeoutMs, maxBytes, signal });
      const waitMs = waitBefore(outcome, params, attempt, leftMs());
      if (waitMs === undefined) {
        const result = this.resultOf(outcome, call, attempt, maxBytes);
        const ms = Math.round(performance.now() - startedMs);
        this.log.debug(
          { host: call.url.host, method: call.method, attempts: attempt, ms, code: result.error?.code },
          'apicall',
        );
        return result;
      }
      if (this.isStopping) throw new Postponed(AFTER_STOP_MS); // the next start has all attempts before it
      await sleep(waitMs, undefined, { signal });
    }
  }

  private resultOf(outcome: AttemptOutcome, call: OutgoingCall, attempts: number, maxBytes: number): CallResult {
    const host = shownHost(call.url);
    switch (outcome.kind) {
      case 'refused':
        return { error: outcome.problem };
      case 'silent':
        return { error: noAnswer(host, outcome.why, attempts) };
      case 'answered': {
        const secrets = Object.values(this.config.secrets).map(({ value }) => value);
        const redactor = new SecretRedactor([...secrets, ...call.hidden]);
        const { payload, problem } = callAnswer(outcome.answer, redactor, { host, attempts, maxBytes });
        return problem ? { payload, error: problem } : { payload };
      }
    }
  }
}

function waitBefore(
  outcome: AttemptOutcome,
  params: ApicallParams,
  attempt: number,
  leftMs: number,
): number | undefined {
  if (outcome.kind === 'refused') return undefined;
  const limits = {
    attempt,
    attempts: params.attempts,
    leftMs,
    mayBeRepeated: mayBeRepeated(params),
    random: Math.random(),
  };
  if (outcome.kind === 'silent') return retryWaitMs(outcome, limits);
  const { status, headers } = outcome.answer;
  const asked = headers['retry-after'];
  const waitMs = retryAfterMs(typeof asked === 'string' ? asked : undefined, Date.now());
  return retryWaitMs({ kind: 'answered', status, retryAfterMs: waitMs }, limits);
}

const shownCall = ({ method, url, shownHeaders, body }: OutgoingCall) => ({
  method,
  url: url.href,
  headers: shownHeaders,
  ...(body !== undefined && { body }),
});

function noAnswer(host: string, why: string, attempts: number): Problem {
  const tries = attempts === 1 ? '' : ` It was tried ${attempts} times.`;
  return { code: 'apicall_no_answer', message: `${host} gave no answer: ${why}.${tries}` };
}
