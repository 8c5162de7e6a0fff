import assert from 'node:assert/strict';
import { type AddressKind, addressKind } from '../../core/apicall/address-kind.js';

const TABLE: { readonly [kind in AddressKind]: readonly string[] } = {
  public: [
    '93.184.216.34',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '::ffff:1.1.1.1',
    '64:ff9b::101:101',
  ],
  private: [
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::FFFF:10.0.0.1',
    '0:0:0:0:0:ffff:c0a8:101',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
  ],
  never: [
    '0.0.0.0',
    '169.254.169.254',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '255.255.255.255',
    '::',
    '::ffff:169.254.169.254',
    '::ffff:0:0',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1', // Teredo
    '2002:7f00:1::', // 6to4
    '::127.0.0.1',
    '100::1',
    'example.org',
    '',
  ],
};

describe('what an IP address is to a call', () => {
  for (const [kind, addresses] of Object.entries(TABLE))
    it(`${kind}: ${addresses.slice(0, 4).join(', ')} and the like`, () => {
      assert.deepEqual(
        addresses.filter((address) => addressKind(address) !== kind),
        [],
      );
    });
});
