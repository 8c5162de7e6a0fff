import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../../core/index.js';

/** The access token of profiles that are given none. */
export const OPEN_TOKEN = 'emulator';

/**
 * Whether a call comes from this machine and to it by its own name. A page in a browser, a host name that was made to point
 * here and a tunnel that was opened for webhooks all come from here too, and show in the name.
 */
export function isOfThisMachine({ socket, hostname }: FastifyRequest, ownUrl: string): boolean {
  const { remoteAddress, localAddress } = socket;
  const isFromHere = remoteAddress === undefined || isLoopback(remoteAddress) || remoteAddress === localAddress;
  return isFromHere && (isLoopback(hostname) || hostname === new URL(ownUrl).hostname);
}
