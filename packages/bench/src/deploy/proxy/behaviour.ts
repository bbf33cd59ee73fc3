import { connect, type SecureVersion } from 'node:tls';
import type { Facts } from '../facts.ts';
import { type Answer, type Asked, ask, type Caller } from '../stack/call.ts';
import type { Nginx } from '../stack/nginx.ts';
import type { Upstream } from './upstream.ts';

const MIB = 1024 * 1024;

export interface Stage {
  readonly caller: Caller;
  readonly proxy: Nginx;
  readonly upstreams: readonly [Upstream, Upstream];
  readonly facts: Facts;
}

/** A problem document with a code, HSTS and an id, as every refusal has to be. */
function noteProblem(facts: Facts, what: string, answer: Answer, status: number, code: string): void {
  const body = answer.body.startsWith('{') ? JSON.parse(answer.body) : {};
  const isProblem =
    answer.status === status &&
    answer.headers['content-type'] === 'application/problem+json' &&
    body.code === code &&
    body.request_id === answer.headers['x-request-id'] &&
    answer.headers['strict-transport-security'] !== undefined;
  facts.note(`${what} is answered with ${status} ${code}`, isProblem, [answer.status, answer.headers, answer.body]);
}

export async function lookAtTransport({ caller, proxy, facts }: Stage): Promise<void> {
  const redirected = await ask({ ...caller, url: `http://localhost:${proxy.httpPort}` }, 'POST', '/v1/jobs?wait=1');
  facts.note('port 80 sends on to TLS with 308', redirected.status === 308, redirected.status);
  facts.note('to the same address', redirected.headers.location === `${caller.url}/v1/jobs?wait=1`, redirected.headers);
  for (const [version, wanted] of [
    ['TLSv1', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
    ['TLSv1.1', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.3', 'TLSv1.3'],
  ] as const) {
    const got = await speakTls(proxy.httpsPort, caller.certificate, version);
    facts.note(`${version} ends as ${wanted}`, got === wanted, got);
  }
  const answer = await ask(caller, 'GET', '/v1/jobs');
  const hsts = answer.rawHeaders.filter(
    (_, at, all) => at % 2 === 1 && all[at - 1]?.toLowerCase() === 'strict-transport-security',
  );
  facts.note('HSTS is said once, by the proxy', hsts.join() === 'max-age=31536000', hsts);
}

/** The version agreed on, or the code of what the server refused it with. */
function speakTls(port: number, ca: string, version: SecureVersion): Promise<string> {
  return new Promise((resolve) => {
    // Level 0, or this side would refuse old versions itself.
    const options = {
      port,
      host: 'localhost',
      ca,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    };
    const socket = connect(options, () => {
      resolve(socket.getProtocol() ?? 'none');
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

export async function lookAtHeaders({ caller, facts }: Stage): Promise<void> {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const headers = {
    traceparent,
    tracestate: 'a=1',
    baggage: 'b=2',
    'x-request-id': 'mine-1',
    'x-forwarded-for': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
    'idempotency-key': 'k-1',
    'last-event-id': '7',
  };
  const answer = await ask(caller, 'GET', '/v1/jobs?name=a%2Fb', { headers, from: '127.0.0.77' });
  const seen = JSON.parse(answer.body) as { headers: Record<string, string>; url: string };
  facts.note('the path and query pass as they were sent', seen.url === '/v1/jobs?name=a%2Fb', seen.url);
  for (const name of [
    'traceparent',
    'tracestate',
    'baggage',
    'x-request-id',
    'idempotency-key',
    'last-event-id',
    'authorization',
  ] as const) {
    const sent = name === 'authorization' ? `Bearer ${caller.key}` : headers[name];
    facts.note(`${name} passes`, seen.headers[name] === sent, seen.headers[name]);
  }
  facts.note(
    "the client's own address is forwarded, not what it claims",
    seen.headers['x-forwarded-for'] === '127.0.0.77',
    seen.headers,
  );
  facts.note('so is the scheme', seen.headers['x-forwarded-proto'] === 'https');
  facts.note('Forwarded of a client is not passed on', !('forwarded' in seen.headers));
  facts.note('the host is the one asked for', seen.headers.host === new URL(caller.url).host, seen.headers.host);
}

export async function lookAtRefusals({ caller, facts }: Stage): Promise<void> {
  noteProblem(facts, '/metrics', await ask(caller, 'GET', '/metrics'), 404, 'not_found');
  noteProblem(facts, 'TRACE', await ask(caller, 'TRACE', '/v1/jobs'), 405, 'method_not_allowed');
  const headers = { 'content-length': String(512 * MIB + 1), 'content-type': 'application/octet-stream' };
  noteProblem(
    facts,
    'a body above 512 MiB',
    await ask(caller, 'POST', '/v1/jobs', { headers, body: noBytes() }),
    413,
    'body_too_large',
  );
  const long = { 'x-long': 'x'.repeat(20_000) };
  noteProblem(
    facts,
    'a head of 20 kB',
    await ask(caller, 'GET', '/v1/jobs', { headers: long }),
    431,
    'headers_too_large',
  );
  // nginx itself does not take these.
  for (const path of ['/v1/../../etc/passwd', '/v1/jobs/a%00b']) {
    noteProblem(facts, path, await ask(caller, 'GET', path), 400, 'bad_request');
  }
  const longest = `/v1/jobs?name=${'x'.repeat(20_000)}`;
  noteProblem(facts, 'an address of 20 kB', await ask(caller, 'GET', longest), 431, 'headers_too_large');
  for (const [path, asked] of ATTACKS) {
    noteProblem(
      facts,
      `${path} ${JSON.stringify(asked.headers ?? '')}`,
      await ask(caller, 'GET', path, asked),
      403,
      'refused_by_proxy',
    );
  }
  for (const path of HARMLESS) {
    const { status } = await ask(caller, 'GET', path);
    facts.note(`${path} passes`, status === 200, status);
  }
}

/** Announced and never sent. */
async function* noBytes(): AsyncGenerator<Buffer> {
  yield* [];
}

const ATTACKS: readonly (readonly [string, Asked])[] = [
  ['/v1/jobs/%2e%2e/%2e%2e/x', {}],
  ['/v1/jobs/..%2fx', {}],
  ['/v1/jobs/%252e%252e%252fx', {}],
  ['/v1/../etc/passwd', {}],
  ['/.git/config', {}],
  ['/.env', {}],
  ['/wp-login.php', {}],
  ['/phpmyadmin/', {}],
  ['/cgi-bin/test', {}],
  ['/index.php', {}],
  ['/v1/jobs?name=%3Cscript%3Ealert(1)', {}],
  ['/v1/jobs?name=1+UNION+ALL+SELECT+1', {}],
  ['/v1/jobs?name=1;pg_sleep(9)', {}],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an attack as it is sent
  ['/v1/jobs', { headers: { 'user-agent': '${jndi:ldap://x/y}' } }],
  ['/v1/jobs', { headers: { 'user-agent': 'sqlmap/1.7' } }],
];

const HARMLESS = [
  '/',
  '/docs',
  '/assets/index-BsQ1.js',
  '/sample/invoice.jpg',
  '/v1/jobs?name=select%20committee.pdf&limit=5',
  '/v1/jobs?name=..%20and%20so%20on',
  '/v1/jobs?name=Rechnung%20%C3%BC.pdf&cursor=eyJhIjoxfQ',
  '/v1/jobs/0190b1c2-7d6e-7000-8000-000000000000/pages/1/tables/1.csv',
  '/v1/jobs/0190b1c2-7d6e-7000-8000-000000000000/result?format=text',
  '/api/v1/check_status',
];

/** With OWASP's rule set: what our own few rules let through is refused, and documents are still not looked into. */
export async function lookAtRuleSet({ caller, facts }: Stage): Promise<void> {
  for (const path of [
    "/v1/jobs?name=1'%20OR%20'1'='1'--%20",
    '/v1/jobs?name=;cat%20/etc/shadow',
    '/v1/jobs?name=%3Cimg%20onerror=x%3E',
  ]) {
    noteProblem(facts, `${path} with OWASP's rules`, await ask(caller, 'GET', path), 403, 'refused_by_proxy');
  }
  for (const path of HARMLESS) {
    const { status } = await ask(caller, 'GET', path);
    facts.note(`${path} passes OWASP's rules`, status === 200, status);
  }
  const headers = { 'content-type': 'application/json' };
  const body = Buffer.from(JSON.stringify({ text: "1' OR '1'='1'; <script>" }));
  const { status } = await ask(caller, 'POST', '/v1/jobs', { headers, body });
  facts.note("a document passes OWASP's rules, whatever it says", status === 200, status);
}

/** Who is asked again where a gateway breaks off: only what may be done twice. */
export async function lookAtRetries({ caller, upstreams, facts }: Stage): Promise<void> {
  const ways = [
    ['GET', true],
    ['PUT', true],
    ['DELETE', true],
    ['POST', false],
    ['PATCH', false],
  ] as const;
  for (const [method, again] of ways) {
    for (const upstream of upstreams) {
      upstream.manner = 'break';
      upstream.seen.length = 0;
    }
    const asked = ask(
      caller,
      method,
      '/v1/jobs',
      method === 'GET' || method === 'DELETE' ? {} : { body: Buffer.from('{}') },
    );
    noteProblem(facts, `${method} that every gateway breaks off`, await asked, 503, 'service_unreachable');
    const times = upstreams[0].seen.length + upstreams[1].seen.length;
    facts.note(
      `${method} is sent to ${again ? 'another' : 'no other'} gateway`,
      again ? times >= 2 : times === 1,
      times,
    );
    for (const upstream of upstreams) upstream.manner = 'answer';
  }
}

/** With the limits of a strict installation. */
export async function lookAtLimits({ caller, facts, upstreams }: Stage, { burst }: { burst: number }): Promise<void> {
  const flood = await Promise.all(
    Array.from({ length: burst * 4 }, () => ask(caller, 'GET', '/v1/jobs', { from: '127.0.0.9' })),
  );
  const refused = flood.filter(({ status }) => status === 429);
  facts.note('a flood from one address is cut to its burst', refused.length >= burst * 2, refused.length);
  facts.note('and no further', flood.length - refused.length >= burst, flood.length - refused.length);
  if (refused[0]) noteProblem(facts, 'a request too many', refused[0], 429, 'too_many_requests');
  facts.note(
    'it says when to come again',
    refused.every(({ headers }) => headers['retry-after'] === '1'),
  );
  const other = await ask(caller, 'GET', '/v1/jobs', { from: '127.0.0.10' });
  facts.note('another address is not held up', other.status === 200, other.status);

  const denied = await ask(caller, 'GET', '/v1/jobs', { from: '127.0.0.66' });
  noteProblem(facts, 'an address that is denied', denied, 403, 'refused_by_proxy');
  noteProblem(
    facts,
    "an operator's call from elsewhere",
    await ask(caller, 'GET', '/v1/tenants', { from: '127.0.0.11' }),
    403,
    'refused_by_proxy',
  );
  const operator = await ask(caller, 'GET', '/v1/tenants', { from: '127.0.0.50' });
  facts.note("an operator's call from its network passes", operator.status === 200, operator.status);

  const forwarded = await ask(caller, 'GET', '/v1/jobs', {
    headers: { 'x-forwarded-for': '198.51.100.4, 203.0.113.7' },
    from: '127.0.0.20',
  });
  const seen = JSON.parse(forwarded.body).headers['x-forwarded-for'];
  facts.note('behind a load balancer the address that it forwards is the client', seen === '203.0.113.7', seen);

  // Without a length in advance, so that it shows only while it comes.
  for (const upstream of upstreams) upstream.seen.length = 0;
  const chunks = ask(caller, 'POST', '/v1/jobs', { body: bytes(2 * MIB), from: '127.0.0.12' });
  noteProblem(facts, 'a body in chunks above the limit', await chunks, 413, 'body_too_large');
}

async function* bytes(length: number): AsyncGenerator<Buffer> {
  const piece = Buffer.alloc(64 * 1024, 1);
  for (let sent = 0; sent < length; sent += piece.length) yield piece;
}
