import { randomBytes } from 'node:crypto';
import { META_ERRORS } from './error-table.js';

/** Meta's error body: `{error: {…}}`. */
export interface GraphErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: number;
    readonly error_subcode?: number;
    readonly is_transient?: boolean;
    readonly error_data?: { readonly messaging_product: 'whatsapp'; readonly details: string };
    readonly fbtrace_id: string;
  };
}

/** One error as a `failed` status carries it. */
export interface StatusError {
  readonly code: number;
  readonly title: string;
  readonly message: string;
  readonly error_data: { readonly details: string };
  readonly href: string;
}

/** A refusal in Meta's words. `code` says what, `details` says where; callers branch on the code only. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  constructor(
    readonly code: number,
    readonly details: string,
    private readonly form: {
      readonly message?: string;
      readonly type?: string;
      readonly subcode?: number | undefined;
      readonly isTransient?: boolean | undefined;
      /** In place of the one that belongs to the code. */
      readonly status?: number | undefined;
    } = {},
  ) {
    super(details);
  }

  get title(): string {
    return META_ERRORS[this.code]?.[1] ?? 'Error played by the emulator';
  }

  get status(): number {
    if (this.form.status !== undefined) return this.form.status;
    return META_ERRORS[this.code]?.[0] ?? (this.code >= 200 && this.code < 300 ? 403 : 400); // 200 to 299: permissions
  }

  body(): GraphErrorBody {
    const { message, type, subcode, isTransient } = this.form;
    return {
      error: {
        message: message ?? `(#${this.code}) ${this.title}`,
        type: type ?? 'OAuthException',
        code: this.code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(isTransient === undefined ? {} : { is_transient: isTransient }),
        ...(message === undefined
          ? { error_data: { messaging_product: 'whatsapp' as const, details: this.details } }
          : {}),
        fbtrace_id: `A${randomBytes(16).toString('base64url')}`,
      },
    };
  }

  /** The same error as it arrives later, in a status. */
  asStatus(): StatusError {
    const { code, title, details } = this;
    return {
      code,
      title,
      message: title,
      error_data: { details },
      href: 'https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes',
    };
  }
}

export const missing = (param: string): GraphError => new GraphError(131008, `${param} is required.`);
export const invalid = (details: string): GraphError => new GraphError(131009, details);
export const badParam = (message: string): GraphError => new GraphError(100, message, { message: `(#100) ${message}` });

export const tokenRefused = (): GraphError =>
  new GraphError(190, 'token', { message: 'Invalid OAuth access token - Cannot parse access token' });

export const tokenMissing = (): GraphError => new GraphError(200, 'token', { message: '(#200) Provide valid app ID' });

/** A rule of the emulator: everybody knows the default token, so only this machine may use it. */
export const openTokenFromElsewhere = (host: string): GraphError =>
  new GraphError(
    10,
    `Everybody knows the default token "emulator". It is accepted only from this machine, under the machine’s own name, and not from a page of another host; this call came to ${host}. Give the profile another access_token.`,
  );

export const objectUnknown = (method: string, id: string): GraphError =>
  new GraphError(100, 'object', {
    message:
      `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
      'missing permissions, or does not support this operation. Please read the Graph API documentation at ' +
      'https://developers.facebook.com/docs/graph-api',
    type: 'GraphMethodException',
    subcode: 33,
  });

export const pathUnknown = (path: string): GraphError =>
  new GraphError(2500, 'path', { message: `Unknown path components: ${path}` });
