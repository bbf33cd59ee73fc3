import { expect, test } from '@jest/globals';
import { type FetchPolicy, FetchRuleError, parseAllow, parseDeny } from './policy.ts';
import { type Lookup, resolveAllowed } from './resolve.ts';
import { askedUrl } from './target.ts';

/** Names of a network that is partly inside, partly outside. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'public.example': ['93.184.216.34'],
  'six.example': ['2606:4700:4700::1111'],
  'hooks.internal': ['10.1.2.3'],
  'loop.internal': ['127.0.0.1', '::1'],
  'carrier.internal': ['100.64.3.4'],
  'unique.internal': ['fd12:3456::1'],
  'mapped.internal': ['::ffff:10.1.2.3'],
  'nat64.internal': ['64:ff9b::a01:203'],
  'relay.internal': ['2002:a01:203::1'],
  'half.internal': ['10.1.2.3', '169.254.169.254'],
  'metadata.internal': ['169.254.169.254'],
  'alibaba.internal': ['100.100.100.200'],
  'aws.internal': ['fd00:ec2::254'],
  'local.internal': ['fe80::1'],
  'many.internal': ['224.0.0.1'],
  'none.internal': ['0.0.0.0'],
  'nothing.internal': [],
};

const policy = ({ allow = '', deny = '', publicHosts = true }): FetchPolicy => ({
  publicHosts,
  allow: parseAllow(allow),
  deny: parseDeny(deny),
});

/** The addresses that would be connected to; the code where there are none. */
async function reached(text: string, rules: Parameters<typeof policy>[0] = {}): Promise<readonly string[] | string> {
  const way = { policy: policy(rules), lookup: async (host: string) => NAMES[host.replace(/\.$/, '')] ?? [] };
  try {
    return await resolveAllowed(way, askedUrl(way.policy, text).target);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test.each(Object.keys(NAMES).filter((name) => name.endsWith('.internal')))(
  '%s is not reached where nobody allowed it, at any port or scheme',
  async (name) => {
    for (const address of [`https://${name}/`, `https://${name}:8443/`, `http://${name}/`]) {
      expect([address, await reached(address)]).toEqual([address, 'url_refused']);
    }
  },
);

test('the public internet is reached on port 443 by https, and not where it is switched off', async () => {
  expect(await reached('https://public.example/a')).toEqual(['93.184.216.34']);
  expect(await reached('https://PUBLIC.example.:443/a')).toEqual(['93.184.216.34']);
  expect(await reached('https://six.example/a')).toEqual(['2606:4700:4700::1111']);
  for (const address of ['http://public.example/', 'https://public.example:8443/', 'https://u:p@public.example/']) {
    expect([address, await reached(address)]).toEqual([address, 'url_refused']);
  }
  expect(await reached('https://public.example/', { publicHosts: false })).toBe('url_refused');
  expect(await reached('https://93.184.216.34/', { publicHosts: false })).toBe('url_refused');
});

test.each([
  ['https://hooks.internal:8443/x', 'hooks.internal:8443', ['10.1.2.3']],
  ['https://hooks.internal/x', '.internal', ['10.1.2.3']],
  ['https://hooks.internal/x', '10.0.0.0/8', ['10.1.2.3']],
  ['https://10.1.2.3/x', '10.1.2.3', ['10.1.2.3']],
  ['https://loop.internal:9000/', 'loop.internal:9000', ['127.0.0.1', '::1']],
  ['https://carrier.internal/', 'carrier.internal', ['100.64.3.4']],
  ['https://unique.internal/', 'unique.internal', ['fd12:3456::1']],
  ['https://unique.internal:8443/', '[fd12::/16]:8443', ['fd12:3456::1']],
  ['http://hooks.internal/x', 'http://hooks.internal', ['10.1.2.3']],
  ['http://hooks.internal:8080/x', 'http://.internal:8080', ['10.1.2.3']],
  ['https://metadata.internal/', '169.254.169.254/32', ['169.254.169.254']],
  ['https://public.example/', 'https://public.example', ['93.184.216.34']],
])('%s is reached where FETCH_ALLOW=%s, the public internet switched off', async (address, allow, addresses) => {
  expect(await reached(address, { allow, publicHosts: false })).toEqual(addresses);
});

test.each([
  ['https://hooks.internal/x', 'hooks.internal:8443'],
  ['http://hooks.internal:8443/x', 'hooks.internal:8443'],
  ['https://hooks.internal:8443/x', 'hooks.internal'],
  ['https://internal/x', '.internal'],
  ['https://evilhooks.internal/x', 'hooks.internal'],
  ['https://10.1.2.3/x', 'hooks.internal'],
  ['https://public.example:8443/x', '10.0.0.0/8:8443'],
  ['https://metadata.internal/', 'metadata.internal'],
  ['https://alibaba.internal/', '.internal'],
  ['https://aws.internal/', '.internal'],
  ['https://half.internal/', '.internal'],
  ['https://local.internal/', '.internal'],
  ['https://many.internal/', '.internal'],
  ['https://none.internal/', '.internal'],
  ['https://mapped.internal/', '.internal'],
  ['https://nat64.internal/', '.internal'],
  ['https://relay.internal/', '.internal'],
  ['https://nothing.internal/', '.internal'],
])('%s is not reached where FETCH_ALLOW=%s', async (address, allow) => {
  expect(await reached(address, { allow })).toBe('url_refused');
});

test.each([
  ['https://public.example/', 'public.example'],
  ['https://public.example./', 'public.example'],
  ['https://public.example/', '.example'],
  ['https://public.example/', '93.184.216.0/24'],
  ['https://93.184.216.34/', '93.184.216.34'],
  ['https://six.example/', '2606:4700::/32'],
  ['https://six.example/', '[2606:4700::]/32'],
  ['https://hooks.internal/', '10.1.0.0/16'],
])('%s is not reached where FETCH_DENY=%s, whatever is allowed', async (address, deny) => {
  expect(await reached(address, { deny, allow: '.internal,.example,10.0.0.0/8,93.184.216.34,[2606:4700::]/32' })).toBe(
    'url_refused',
  );
  expect(await reached(address, { allow: '.internal,.example,93.184.216.34,[2606:4700::]/32' })).not.toBe(
    'url_refused',
  );
});

test.each([
  ['https://public.example/', true],
  ['https://hooks.internal/', true],
  ['https://hooks.internal:8443/', false],
  ['http://a.svc.internal:9000/', false],
  ['https://by-range.example:9443/', false],
])('what the operator did not allow is resolved as a foreign name: %s, %s', async (address, isForeign) => {
  const allow = 'hooks.internal:8443,http://.svc.internal:9000,10.0.0.0/8:9443';
  const asked: unknown[] = [];
  const lookup: Lookup = async (_host, options) => {
    asked.push(options);
    return [];
  };
  const way = { policy: policy({ allow }), lookup };
  await expect(resolveAllowed(way, askedUrl(way.policy, address).target)).rejects.toMatchObject({
    code: 'url_refused',
  });
  expect(asked).toEqual([{ isForeign }]);
});

test.each([
  ['a b', parseAllow],
  ['hooks.internal:0', parseAllow],
  ['hooks.internal:70000', parseAllow],
  ['ftp://hooks.internal', parseAllow],
  ['10.0.0.0/33', parseAllow],
  ['10.0.0.0/', parseDeny],
  ['10.0.0/8', parseDeny],
  ['fd00::/129', parseDeny],
  ['hooks.internal/8', parseDeny],
  ['*.internal', parseDeny],
])('the entry "%s" is refused and named', (text, parse) => {
  expect(() => parse(`good.example, ${text}`)).toThrow(FetchRuleError);
  expect(() => parse(text)).toThrow(text.split('//')[1] ?? text);
});
