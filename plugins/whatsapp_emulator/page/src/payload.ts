/** The parts of Meta's objects that the page shows. Everything may be absent: a chat holds whatever was posted. */

export interface MediaObject {
  readonly id?: string;
  readonly link?: string;
  readonly caption?: string;
  readonly filename?: string;
  readonly mime_type?: string;
  readonly voice?: boolean;
}

export const MEDIA_TYPES = ['image', 'video', 'audio', 'document', 'sticker'] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];
type MediaParts = { readonly [Type in MediaType]?: MediaObject };

export type Header = MediaParts & { readonly type?: string; readonly text?: string };

interface Row {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
}

export interface Section {
  readonly title?: string;
  readonly rows?: readonly Row[];
}

interface Reply {
  readonly type?: string;
  readonly quick_reply?: { readonly id: string; readonly title: string };
  readonly reply?: { readonly id: string; readonly title: string };
}

export interface Card {
  readonly header?: Header;
  readonly body?: { readonly text?: string };
  readonly action?: Action;
}

export interface Action {
  readonly name?: string;
  readonly button?: string;
  readonly buttons?: readonly Reply[];
  readonly sections?: readonly Section[];
  readonly cards?: readonly Card[];
  readonly parameters?: {
    readonly display_text?: string;
    readonly url?: string;
    readonly flow_cta?: string;
    readonly flow_token?: string;
  };
}

export interface Interactive {
  readonly type?: string;
  readonly header?: Header;
  readonly body?: { readonly text?: string };
  readonly footer?: { readonly text?: string };
  readonly action?: Action;
}

export type SentParameter = MediaParts & { readonly type?: string; readonly text?: string };

export interface SentComponent {
  readonly type: string;
  readonly parameters?: readonly SentParameter[];
  readonly cards?: readonly { readonly components?: readonly SentComponent[] }[];
}

export interface ContactCard {
  readonly name?: { readonly formatted_name?: string };
  readonly phones?: readonly { readonly phone?: string }[];
  readonly emails?: readonly { readonly email?: string }[];
}

export interface Payload extends MediaParts {
  readonly context?: { readonly id?: string; readonly message_id?: string; readonly forwarded?: boolean };
  readonly interactive?: Interactive;
  readonly template?: {
    readonly name: string;
    readonly language: { readonly code: string };
    readonly components?: readonly SentComponent[];
  };
  readonly location?: {
    readonly latitude: number | string;
    readonly longitude: number | string;
    readonly name?: string;
    readonly address?: string;
  };
  readonly contacts?: readonly ContactCard[];
  readonly reaction?: { readonly message_id: string; readonly emoji?: string };
  readonly edit?: { readonly original_message_id: string };
  readonly revoke?: { readonly original_message_id: string };
  readonly system?: { readonly body?: string };
  readonly errors?: readonly { readonly title?: string }[];
}

/** A WhatsApp template as the catalogue lists it. */
export interface TemplateDefinition {
  readonly name: string;
  readonly language: string;
  readonly components: readonly {
    readonly type: string;
    readonly format?: string;
    readonly text?: string;
    readonly buttons?: readonly { readonly type: string; readonly text?: string }[];
  }[];
}

export const mediaOf = (parts: MediaParts | undefined): readonly [MediaType, MediaObject] | undefined => {
  const type = MEDIA_TYPES.find((each) => parts?.[each]);
  return type && [type, parts![type]!];
};
