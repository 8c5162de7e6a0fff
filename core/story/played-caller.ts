import type { ApicallConfig } from '../apicall/apicall-config.js';
import { type AttemptOutcome, HttpCaller } from '../apicall/http-caller.js';
import type { OutgoingCall } from '../apicall/outgoing-call.js';
import type { CannedAnswer } from './story.js';
import { textMatches } from './text-pattern.js';

/** A call that a story has seen; its body as JSON where it is. */
export interface SeenCall {
  /** `GET https://crm.example.org/people?name=Thandi`. */
  readonly to: string;
  readonly body: unknown;
}

/** Answers the task `apicall` in stories: from what the story says, and nothing leaves the machine. */
export class PlayedCaller extends HttpCaller {
  private answers: readonly { readonly answer: CannedAnswer; left: number }[] = [];
  private seen: SeenCall[] = [];

  constructor(config: ApicallConfig) {
    super(config);
  }

  /** A story begins: its answers, and no call yet. */
  begin(answers: readonly CannedAnswer[]): void {
    this.answers = answers.map((answer) => ({ answer, left: answer.times ?? Number.POSITIVE_INFINITY }));
    this.seen = [];
  }

  /** The calls so far, oldest first. */
  calls(): readonly SeenCall[] {
    return this.seen;
  }

  override async attempt(call: OutgoingCall): Promise<AttemptOutcome> {
    const to = `${call.method} ${call.url.href}`;
    this.seen.push({ to, body: parsed(call.body) });
    const found = this.answers.find(({ answer, left }) => left > 0 && textMatches(answer.to, to));
    if (!found) {
      const message = `This story has no answer for ${to}. Give it one under answers.`;
      return { kind: 'refused', problem: { code: 'apicall_no_answer', message } }; // so it is not tried again
    }
    found.left -= 1;
    const { status, headers, body } = found.answer;
    const isText = typeof body === 'string';
    const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
    const content = body === undefined ? '' : isText ? body : JSON.stringify(body);
    return {
      kind: 'answered',
      answer: { status, headers: { 'content-type': type, ...headers }, body: Buffer.from(content) },
    };
  }

  override async close(): Promise<void> {}
}

function parsed(body: string | undefined): unknown {
  try {
    return body === undefined ? null : JSON.parse(body);
  } catch {
    return body;
  }
}
