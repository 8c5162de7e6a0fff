import { inject, injectable } from 'inversify';
import {
  type JsonObject,
  StubwireError,
  type WebhookLetters,
  type WebhookPost,
  WebhookSource,
} from '../../core/index.js';
import { withoutDeepParts } from './json-depth.js';
import { PLUGIN, WhatsAppConfig } from './profile.js';
import { readTells } from './profiles/read-receipts.js';
import { idsNamedIn, isSignature, sameText, signingSecret } from './signature.js';
import { lettersOf } from './webhook-letters.js';

/** Meta's callback for all profiles. https://developers.facebook.com/docs/whatsapp/cloud-api/guides/set-up-webhooks */
@injectable()
export class WhatsAppWebhook implements WebhookSource {
  readonly name = PLUGIN;
  private readonly secrets: ReadonlySet<string>;
  /** Ids of numbers and accounts → the secrets of their profiles. */
  private readonly secretsOf = new Map<string, readonly string[]>();

  constructor(@inject(WhatsAppConfig) private readonly config: WhatsAppConfig) {
    const profiles = Object.values(config.profiles);
    this.secrets = new Set(profiles.flatMap(({ app_secrets }) => app_secrets));
    for (const { phone_number_id, waba_id, app_secrets } of profiles)
      for (const id of [phone_number_id, waba_id])
        this.secretsOf.set(id, [...(this.secretsOf.get(id) ?? []), ...app_secrets]);
  }

  admit(headers: WebhookPost['headers']): void {
    if (!isSignature(headers['x-hub-signature-256'])) throw signatureInvalid();
  }

  challenge(query: { readonly [name: string]: string | undefined }): string {
    const token = query['hub.verify_token'] ?? '';
    const known = Object.values(this.config.profiles).filter(({ verify_token }) => sameText(verify_token, token));
    if (query['hub.mode'] !== 'subscribe' || known.length === 0) {
      throw new StubwireError(
        'verify_token_wrong',
        'The subscription check names a hub.verify_token that no profile has. Give Meta the verify_token of the profile’s configuration.',
      );
    }
    return query['hub.challenge'] ?? '';
  }

  read({ rawBody, headers }: WebhookPost): WebhookLetters {
    const named = () => [...idsNamedIn(rawBody, this.secretsOf)].flatMap((id) => this.secretsOf.get(id)!);
    const secret = signingSecret(rawBody, headers['x-hub-signature-256'], named, this.secrets);
    if (secret === undefined) throw signatureInvalid();
    const trusted = Object.entries(this.config.profiles).filter(([, { app_secrets }]) => app_secrets.includes(secret));
    const byNumber = new Map(trusted.map(([name, { phone_number_id }]) => [phone_number_id, name]));
    const letters = lettersOf(parsed(rawBody), {
      ofNumber: (phoneNumberId) => byNumber.get(phoneNumberId),
      ofAccount: (account) => trusted.filter(([, { waba_id }]) => waba_id === account).map(([name]) => name),
    });
    return { ...letters, tells: [...letters.tells, ...readTells(letters.tells, this.config)] };
  }
}

const signatureInvalid = (): StubwireError =>
  new StubwireError(
    'signature_invalid',
    'X-Hub-Signature-256 is missing, or no configured app secret signed these bytes. Nothing was stored.',
  );

function parsed(rawBody: Buffer): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(withoutDeepParts(rawBody).toString('utf8'));
  } catch (cause) {
    throw new StubwireError('body_invalid', 'The signature is good but the body is not JSON.', { cause });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new StubwireError('body_invalid', 'The signature is good but the body is not a JSON object with "entry".');
  }
  return body as JsonObject;
}
