import { BlockList, isIP } from 'node:net';

/**
 * What an IP address is to us. `private`: of this machine or an own network, called only where that is configured.
 * `never`: of a link (clouds keep their credentials there), of many, of nobody; never called.
 * https://www.iana.org/assignments/iana-ipv4-special-registry · https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export type AddressKind = 'public' | 'private' | 'never';

const PRIVATE_4 = blocks('ipv4', ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);
const NEVER_4 = blocks('ipv4', [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3', // multicast, reserved, broadcast
]);
const PRIVATE_6 = blocks('ipv6', ['::1/128', 'fc00::/7']);
/** All that is given out for the open network; the rest of IPv6 is special in one way or another. */
const OPEN_6 = blocks('ipv6', ['2000::/3']);
const NEVER_6 = blocks('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);
/** An IPv4 address inside an IPv6 one: mapped, and translated (NAT64). It is what it is inside. */
const HOLDS_4 = blocks('ipv6', ['::ffff:0:0/96', '64:ff9b::/96']);

/** `never` for what is no IP address. */
export function addressKind(address: string): AddressKind {
  if (isIP(address) === 4) return kindOf4(address);
  if (isIP(address) !== 6 || address.includes('%')) return 'never'; // with a zone it is of a link
  if (HOLDS_4.check(address, 'ipv6')) return kindOf4(innerAddress(address));
  if (PRIVATE_6.check(address, 'ipv6')) return 'private';
  return OPEN_6.check(address, 'ipv6') && !NEVER_6.check(address, 'ipv6') ? 'public' : 'never';
}

function kindOf4(address: string): AddressKind {
  if (NEVER_4.check(address)) return 'never';
  return PRIVATE_4.check(address) ? 'private' : 'public';
}

/** The last 32 bits, however they are written. */
function innerAddress(address: string): string {
  if (address.includes('.')) return address.slice(address.lastIndexOf(':') + 1);
  const { hostname } = new URL(`http://[${address}]`); // in its shortest form
  const words = hostname.slice(1, -1).split('::').at(-1)!.split(':').slice(-2);
  const [high, low] = [words.at(-2), words.at(-1)].map((word) => Number.parseInt(word || '0', 16));
  return [high! >> 8, high! & 255, low! >> 8, low! & 255].join('.');
}

function blocks(family: 'ipv4' | 'ipv6', nets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const net of nets) {
    const [address, bits] = net.split('/');
    list.addSubnet(address!, Number(bits), family);
  }
  return list;
}
