import { isIP } from 'node:net';
import type { Problem } from '../contract/stub.js';
import { type AddressKind, addressKind } from './address-kind.js';
import type { ApicallConfig } from './apicall-config.js';

const DEFAULT_PORTS: { readonly [protocol: string]: string } = { 'http:': '80', 'https:': '443' };

/** Host and port of an address as people write them: the port only where it is not the protocol's own. */
export const shownHost = ({ host }: URL): string => host.slice(0, 260);

/** Whether the host of a URL is one of these. Names match as a whole; `*.example.org` takes every name below it. */
export function isOneOf(url: URL, hosts: readonly string[]): boolean {
  const port = url.port || DEFAULT_PORTS[url.protocol];
  return hosts.some((pattern) => {
    const { name, port: wanted } = partsOf(pattern);
    if (wanted === undefined ? port !== '80' && port !== '443' : port !== wanted) return false;
    if (!name.startsWith('*.')) return bareName(url.hostname) === name;
    return isIP(url.hostname) === 0 && bareName(url.hostname).endsWith(name.slice(1));
  });
}

/** `example.org.` with its dot at the end is the same name. */
const bareName = (hostname: string): string => hostname.replace(/\.$/, '');

function partsOf(pattern: string): { readonly name: string; readonly port: string | undefined } {
  const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(pattern) ?? [];
  return { name: name ?? pattern, port };
}

/** Why this address is not called, whatever its name leads to; undefined where it may be. Pure. */
export function calleeProblem(url: URL, config: ApicallConfig): Problem | undefined {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refused(`The protocol "${url.protocol}" is not called. Write a URL that begins with https:// or http://.`);
  if (url.username !== '' || url.password !== '')
    return refused(
      'The URL has a user or a password in it, which would show in logs. Take them out, and name a secret with auth.',
    );
  if (!isOneOf(url, config.allow_hosts)) {
    const allowed = config.allow_hosts.join(', ') || 'none';
    return refused(
      `The host "${shownHost(url)}" may not be called. apicall.allow_hosts of the configuration has: ${allowed}. Add it there where it is meant.`,
    );
  }
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(literal) === 0 ? undefined : addressProblem(shownHost(url), addressKind(literal), config);
}

/** Why an address that a host's name leads to is not called. */
export function addressProblem(
  host: string,
  kind: AddressKind,
  { allow_private_addresses: allowed }: ApicallConfig,
): Problem | undefined {
  if (kind === 'public' || (kind === 'private' && allowed)) return undefined;
  return refused(
    kind === 'never'
      ? `The host "${host}" is at an address that is never called: link-local, multicast, reserved.`
      : `The host "${host}" is at an address of this machine or of a private network. Such are called only with apicall.allow_private_addresses: true.`,
  );
}

const refused = (message: string): Problem => ({ code: 'apicall_refused', message });
