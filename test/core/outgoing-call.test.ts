import assert from 'node:assert/strict';
import type { ApicallConfig } from '../../core/apicall/apicall-config.js';
import { ApicallParams } from '../../core/apicall/apicall-params.js';
import { outgoingCall } from '../../core/apicall/outgoing-call.js';

const CONFIG: ApicallConfig = {
  allow_hosts: ['crm.example.org', '*.depot.example', 'api.example.org:8443', '127.0.0.1', '[::1]:9000'],
  allow_private_addresses: false,
  secrets: { crm_token: { value: 'crm-token-1', hosts: ['crm.example.org'] }, any_token: { value: 'any-token-1' } },
};
const PRIVATE = { ...CONFIG, allow_private_addresses: true };

const made = (params: object, config = CONFIG) => outgoingCall(ApicallParams.parse(params), config, 'key-1');
function refusal(params: object, config = CONFIG): string {
  const built = made(params, config);
  return built.ok ? `called ${built.call.url}` : `${built.problem.code}: ${built.problem.message}`;
}
function call(params: object, config = CONFIG) {
  const built = made(params, config);
  assert.ok(built.ok, JSON.stringify(built));
  return built.call;
}

describe('an outgoing call', () => {
  const REFUSED: readonly [url: string, expected: RegExp][] = [
    [
      'https://other.example.org/',
      /apicall_refused: The host "other\.example\.org" may not be called.*crm\.example\.org/,
    ],
    ['https://crm.example.org.evil.example/', /may not be called/],
    ['https://crm.example.org:8443/', /"crm\.example\.org:8443" may not be called/],
    ['https://api.example.org/', /may not be called/],
    ['https://depot.example/', /may not be called/],
    ['https://user@crm.example.org/', /user or a password/],
    ['https://x:y@crm.example.org/', /user or a password/],
    ['https://crm.example.org@evil.example/', /user or a password/],
    ['ftp://crm.example.org/', /protocol "ftp:"/],
    ['file:///etc/passwd', /protocol "file:"/],
    ['http://127.0.0.1/', /of this machine or of a private network/],
    ['http://2130706433/', /"127\.0\.0\.1" is at an address of this machine/],
    ['http://0x7f.1/', /"127\.0\.0\.1" is at an address of this machine/],
    ['http://0177.0.0.1/', /"127\.0\.0\.1" is at an address of this machine/],
    ['http://[::1]:9000/', /of this machine/],
    ['crm.example.org/people', /is no URL/],
  ];
  for (const [url, expected] of REFUSED)
    it(`does not go to ${url}`, () => {
      assert.match(refusal({ url }), expected);
    });

  it('goes to hosts that are allowed, in any spelling of theirs', () => {
    for (const url of [
      'https://CRM.example.org./a',
      'http://crm.example.org:80/',
      'https://a.b.depot.example/',
      'https://api.example.org:8443/',
    ])
      assert.equal(made({ url }).ok, true, url);
    assert.equal(made({ url: 'http://0x7f000001/' }, PRIVATE).ok, true);
    assert.match(
      refusal({ url: 'http://169.254.169.254/' }, { ...PRIVATE, allow_hosts: ['169.254.169.254'] }),
      /never called/,
    );
    assert.match(
      refusal({ url: 'http://192.168.1.1/' }, { ...PRIVATE, allow_hosts: ['*.168.1.1'] }),
      /may not be called/,
    );
  });

  it('encodes what comes from outside as parts of the path and of the query', () => {
    const { url } = call({
      url: 'https://crm.example.org/v1/?a=1#x',
      path: ['people', '../admin?x', 7],
      query: { q: 'a&b=c', n: 3 },
    });
    assert.equal(url.href, 'https://crm.example.org/v1/people/..%2Fadmin%3Fx/7?a=1&q=a%26b%3Dc&n=3');
    assert.equal(call({ url: 'https://crm.example.org/', path: ['a\ud800b'] }).url.pathname, '/a%EF%BF%BDb');
    assert.match(refusal({ url: 'https://crm.example.org/', path: ['..'] }), /leads elsewhere/);
    assert.match(refusal({ url: 'https://crm.example.org/', path: [''] }), /leads elsewhere/);
  });

  it('sends maps and lists as JSON and text as it is, with the key', () => {
    const json = call({ method: 'POST', url: 'https://crm.example.org/', body: { a: [1] } });
    assert.deepEqual(
      [json.body, json.headers['Content-Type'], json.headers['Idempotency-Key']],
      ['{"a":[1]}', 'application/json', 'key-1'],
    );
    const text = call({
      method: 'POST',
      url: 'https://crm.example.org/',
      body: '<a/>',
      headers: { 'content-type': 'text/xml' },
    });
    assert.deepEqual(
      [text.body, text.headers['content-type'], text.headers['Content-Type']],
      ['<a/>', 'text/xml', undefined],
    );
    assert.match(refusal({ url: 'https://crm.example.org/', body: {} }), /a GET has no body/);
    assert.match(
      refusal({ method: 'PUT', url: 'https://crm.example.org/', body: 'x'.repeat(300_000) }),
      /at most 262144/,
    );
  });

  it('puts secrets into headers, and their names where it is shown', () => {
    const bearer = call({
      url: 'https://crm.example.org/',
      auth: { bearer: 'crm_token' },
      headers: { 'X-Key': { secret: 'any_token' } },
    });
    assert.deepEqual([bearer.headers['Authorization'], bearer.headers['X-Key']], ['Bearer crm-token-1', 'any-token-1']);
    assert.deepEqual(
      [bearer.shownHeaders['Authorization'], bearer.shownHeaders['X-Key']],
      ['Bearer (the secret crm_token)', '(the secret any_token)'],
    );
    const basic = call({ url: 'https://crm.example.org/', auth: { basic: { user: 'us', password: 'crm_token' } } });
    assert.equal(basic.headers['Authorization'], `Basic ${Buffer.from('us:crm-token-1').toString('base64')}`);
    assert.doesNotMatch(JSON.stringify([bearer.shownHeaders, basic.shownHeaders]), /token-1|dXM6/);
  });

  it('gives a secret to its own hosts only, and encrypted', () => {
    assert.match(
      refusal({ url: 'https://a.depot.example/', auth: { bearer: 'crm_token' } }),
      /apicall_secret: .*may not go to "a\.depot\.example"/,
    );
    assert.match(refusal({ url: 'http://crm.example.org/', auth: { bearer: 'crm_token' } }), /unencrypted/);
    assert.match(
      refusal({ url: 'https://crm.example.org/', auth: { bearer: 'toString' } }),
      /no secret "toString".*crm_token, any_token/,
    );
  });

  it('refuses headers that break the request or are its own', () => {
    const header = (headers: object) => refusal({ url: 'https://crm.example.org/', headers });
    assert.match(header({ 'X-A': 'a\r\nX-B: b' }), /line break/);
    assert.match(header({ 'X A': 'a' }), /no name of a header/);
    assert.match(header({ Host: 'evil.example' }), /set by the program/);
    assert.match(header({ 'idempotency-key': 'mine' }), /set by the program/);
  });
});
