import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../../core/index.js';

/** The access token of profiles that are given none. */
export const OPEN_TOKEN = 'emulator';

/**
 * Whether a call comes from this machine, to it by its own name, and from no page of another host. A page in a browser, a host
 * name that was made to point here and a tunnel that was opened for webhooks all come from here too; Origin and Host tell.
 */
export function isOfThisMachine({ socket, hostname, host, headers }: FastifyRequest, ownUrl: string): boolean {
  const { remoteAddress, localAddress } = socket;
  const isFromHere = remoteAddress === undefined || isLoopback(remoteAddress) || remoteAddress === localAddress;
  const isByName = isLoopback(hostname) || hostname === new URL(ownUrl).hostname;
  const { origin } = headers;
  return isFromHere && isByName && (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host));
}
