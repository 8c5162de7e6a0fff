import type { Contact } from '../../../core/index.js';
import type { Conversation } from './conversation.js';
import { isOpen } from './stubsession.js';
import { windowOpen } from './window.js';

/** Limit of the addresses of one contact that are considered. */
const ADDRESSES_AT_MOST = 20;

/** Where a contact can be reached on WhatsApp, in the order of preference: user ids, then numbers. Pure. */
export function addressesOf({ basic }: Contact): readonly string[] {
  const of = (wanted: string) =>
    basic.contactpoints.filter(({ type }) => type === wanted).map(({ contact }) => contact);
  return [...of('whatsapp_user'), ...of('mobile')].slice(0, ADDRESSES_AT_MOST);
}

/**
 * Chooses the address of a contact that the client talks from. First choice: a nextreply or stubsession of the sending stub is
 * open there. Second: the window that is open longest. Otherwise the first address. Pure.
 */
export function addressInUse(
  places: readonly { readonly address: string; readonly conversation: Conversation | undefined }[],
  stubref: string | undefined,
  nowMs: number,
): string | undefined {
  const leadsHere = ({ session, nextreply }: Conversation) =>
    [nextreply, session].some((held) => isOpen(held, nowMs) && held.stubref === stubref);
  const known = places.flatMap(({ address, conversation }) => (conversation ? [{ address, conversation }] : []));
  const held = stubref === undefined ? undefined : known.find(({ conversation }) => leadsHere(conversation));
  const open = known
    .filter(({ conversation }) => windowOpen(conversation, nowMs))
    .sort((a, b) => b.conversation.windowUntilMs - a.conversation.windowUntilMs);
  return (held ?? open[0] ?? places[0])?.address;
}
