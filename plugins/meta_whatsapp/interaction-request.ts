import { type Delivery, derivedUuid, type JsonObject } from '../../core/index.js';
import { ALLOW, REJECT } from './conversation/consent.js';
import { PLUGIN } from './profile.js';

/** The WhatsApp template that asks a client for consent: who writes, and the buttons Allow and Reject. */
export function interactionRequest(
  conversationId: string,
  seq: number,
  who: string,
  profileName: string,
  template: { readonly name: string; readonly language: string },
  client: string,
  nowMs: number,
): Delivery {
  const button = (index: number, payload: string): JsonObject => ({
    type: 'button',
    sub_type: 'quick_reply',
    index: String(index),
    parameters: [{ type: 'payload', payload }],
  });
  const components = [{ type: 'body', parameters: [{ type: 'text', text: who }] }, button(0, ALLOW), button(1, REJECT)];
  return {
    v: 1,
    id: derivedUuid('interaction-request', conversationId, String(seq), String(nowMs)),
    channel: PLUGIN,
    profile: profileName,
    to: client,
    message: {
      type: 'template',
      template: { name: template.name, language: { code: template.language }, components },
    },
    options: { interaction_request: true },
    show_all_statuses: false,
    owner: { kind: 'conversation', id: conversationId },
    created_at: new Date(nowMs).toISOString(),
  };
}
