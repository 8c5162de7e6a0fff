import { inject, injectable } from 'inversify';
import type {
  ActorKind,
  ActorRef,
  Decision,
  LaneLetter,
  Letter,
  SendAttempt,
  SendOutcome,
  Tell,
  Turn,
} from '../../../core/index.js';
import { MediaUploads } from './media-uploads.js';

export const UPLOAD_KIND = 'whatsapp-media-upload';

/** From a lane whose message needs a file at Meta. */
export interface PrepareLetter {
  readonly type: 'prepare';
  readonly attempt: string;
  readonly lane: ActorRef;
}

/** The outcome of a send whose message needs a file at Meta first. */
export const uploadFirst = (profile: string, fileuuid: string, { id, lane }: SendAttempt): SendOutcome => ({
  result: 'prepare',
  by: { kind: UPLOAD_KIND, id: `${profile}:${fileuuid}` },
  letter: { type: 'prepare', attempt: id, lane: { ...lane } },
  problem: {
    code: 'media_refused',
    message: `The file ${fileuuid} had to be uploaded again and again, and Meta never knew it when the message was sent.`,
  },
});

interface Uploading {
  readonly waiters: readonly Pick<PrepareLetter, 'attempt' | 'lane'>[];
  readonly isUnderWay: boolean;
}
type State = Uploading | null;
type UploadLetter = PrepareLetter | { readonly type: 'uploaded'; readonly outcome?: SendOutcome };
type UploadDecision = Decision<State, Record<string, never>>;

/**
 * Uploads a file to Meta for all messages that wait for it. Its id is `profile:fileuuid`; it is gone when it has answered.
 * Whether it is tried again is the lanes' business: they back off and ask anew.
 */
@injectable()
export class MediaUploadActor implements ActorKind<State, UploadLetter, Record<string, never>> {
  readonly kind = UPLOAD_KIND;
  readonly queue = 'media-uploads';
  readonly stateVersion = 1;
  /** Transfers at a time in one process. */
  readonly concurrency = 10;

  constructor(@inject(MediaUploads) private readonly uploads: MediaUploads) {}

  initial(): State {
    return null;
  }

  decide({ state }: Turn<State>, { body }: Letter<UploadLetter>): UploadDecision {
    if (body.type === 'prepare') {
      const { attempt, lane } = body;
      const { waiters, isUnderWay } = state ?? { waiters: [], isUnderWay: false };
      return { state: { waiters: [...waiters, { attempt, lane }], isUnderWay } };
    }
    if (!state?.isUnderWay) return { state };
    const { outcome } = body;
    const tells = state.waiters.map(({ attempt, lane }): Tell => {
      const letter: LaneLetter = { type: 'prepared', attempt, ...(outcome && { outcome }) };
      return { to: lane, id: `${attempt}:prepared`, body: letter, urgent: true };
    });
    return { state: null, tells };
  }

  next({ state }: Turn<State>): UploadDecision | undefined {
    if (!state || state.isUnderWay) return undefined;
    const { attempt } = state.waiters[0]!;
    return { state: { ...state, isUnderWay: true }, call: { id: `upload:${attempt}`, task: {} } };
  }

  /** A repeat is harmless: the file is at Meta already, or once more. */
  async call(_task: Record<string, never>, { actorId }: { readonly actorId: string }): Promise<UploadLetter> {
    const split = actorId.indexOf(':');
    const outcome = await this.uploads.upload(actorId.slice(0, split), actorId.slice(split + 1));
    return { type: 'uploaded', ...(outcome && { outcome }) };
  }
}
