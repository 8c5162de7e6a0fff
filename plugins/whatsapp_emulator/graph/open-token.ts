import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../../core/index.js';

/** The default access token of profiles. */
export const OPEN_TOKEN = 'emulator';

/**
 * Whether a call comes from this machine, under the machine's own name, and not from a page of another host. Calls of browser
 * pages, foreign host names that resolve to this machine, and tunnels also come from here; Origin and Host reveal them.
 */
export function isOfThisMachine({ socket, hostname, host, headers }: FastifyRequest, ownUrl: string): boolean {
  const { remoteAddress, localAddress } = socket;
  const isFromHere = remoteAddress === undefined || isLoopback(remoteAddress) || remoteAddress === localAddress;
  const isByName = isLoopback(hostname) || hostname === new URL(ownUrl).hostname;
  const { origin } = headers;
  return isFromHere && isByName && (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host));
}
