import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { Zones } from '../kubernetes/zones.ts';
import { addressesIn, addressFaults } from './addresses.ts';
import { weakPoints } from './hardening.ts';
import { hiddenFaults } from './hidden.ts';
import { type Compose, readCompose, readEnvironmentFile } from './model.ts';
import { brokenReferences } from './references.ts';
import { zoneFaults } from './zoning.ts';

/** docker-compose.yml as it is, and with one thing wrong at a time: a check that finds nothing must be known to find something. */

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const text = readFileSync(`${ROOT}docker-compose.yml`, 'utf8');
const example = readEnvironmentFile(readFileSync(`${ROOT}.env.example`, 'utf8'));
const zones = Zones.parse(JSON.parse(readFileSync(`${ROOT}deploy/zones.json`, 'utf8')));

function faultsWhere(change: (model: Compose) => void, environment: Record<string, string> = {}): string[] {
  const file = readCompose(text, { ...example, ...environment });
  change(file.model);
  return [
    ...brokenReferences(file, { root: ROOT, example }),
    ...weakPoints(file.model),
    ...zoneFaults(file.model, zones),
    ...addressFaults(file.model, zones, {}),
    ...hiddenFaults(file.model),
  ];
}
const service = (model: Compose, name: string): Compose['services'][string] => {
  const found = model.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

test('docker-compose.yml is without fault, with the exceptions that are known', () => {
  expect(faultsWhere(() => undefined)).toEqual([]);
  const { model } = readCompose(text, example);
  const excepted = (label: string): string[] =>
    Object.entries(model.services)
      .filter(([, { labels }]) => label in labels)
      .map(([name]) => name);
  expect(excepted('docusnap.as-root')).toEqual(['volumes', 'fluent-bit', 'fluent-bit-elasticsearch']);
  expect(excepted('docusnap.writable-root')).toEqual(['elasticsearch']);
  expect(excepted('docusnap.without-health')).toEqual([
    'loki',
    'fluent-bit',
    'fluent-bit-elasticsearch',
    'otel-collector',
  ]);
});

test.each<[string, (model: Compose) => void, string]>([
  [
    'a tag that moves',
    (model) => void Object.assign(service(model, 'redis'), { image: 'redis:latest' }),
    'redis: the image redis:latest is not pinned',
  ],
  [
    'a process of root',
    (model) => void Object.assign(service(model, 'gateway'), { user: '0:0' }),
    'gateway: it does not name a user other than root',
  ],
  [
    'a root file system that can be written',
    (model) => void Object.assign(service(model, 'ocr'), { read_only: false }),
    'ocr: its root file system can be written',
  ],
  [
    'no limit of processes',
    (model) => void delete service(model, 'ocr').pids_limit,
    'ocr: it has no limit of processes',
  ],
  [
    'a secret that is not given',
    (model) => void service(model, 'gateway').secrets.splice(0, 1),
    '/run/secrets/database-url is named',
  ],
  [
    'a file that is not there',
    (model) => void service(model, 'redis').volumes.push('./deploy/nothing:/x:ro'),
    'redis: ./deploy/nothing is not in the repository',
  ],
  [
    'a wait for what nobody looks at',
    (model) => void delete service(model, 'pgbouncer').healthcheck,
    'gateway: it waits for pgbouncer to be healthy',
  ],
  [
    'a volume of another user',
    (model) => void Object.assign(service(model, 's3-store'), { user: '70:70' }),
    'the volume s3 is given to 1000:1000, but s3-store runs as 70:70',
  ],
  [
    'ocr on the internet',
    (model) => void service(model, 'ocr').networks.push('outside'),
    'ocr: it reaches the internet, which it may not',
  ],
  [
    'the proxy beside the database',
    (model) => void service(model, 'proxy').networks.push('data'),
    'proxy and postgres-primary share a network',
  ],
  [
    'a gateway without a way to the bells',
    (model) => void Object.assign(service(model, 'gateway'), { networks: ['edge-app'] }),
    'gateway: it has no way to redis',
  ],
  [
    'a database for everybody',
    (model) => void service(model, 'postgres-primary').ports.push('5432:5432'),
    'postgres-primary: it publishes 5432:5432 to all',
  ],
  [
    'a way round the door of the files',
    (model) => void service(model, 's3-store').networks.push('app-data'),
    's3-store: gateway is in a network with it, and only s3 may reach it',
  ],
  [
    'a port of what stands behind a door',
    (model) => void service(model, 's3-store').ports.push('18333:18333'),
    's3-store: it publishes 18333:18333, and only s3 may reach it',
  ],
  [
    'SeaweedFS without a door',
    (model) => void delete service(model, 's3-store').labels['docusnap.behind'],
    's3-store: SeaweedFS listens for gRPC in all its networks',
  ],
  [
    'a network that leads outside',
    (model) => void Object.assign(model.networks, { data: { internal: false } }),
    'the network data leads outside',
  ],
  [
    'a wrong port',
    (model) => void Object.assign(service(model, 'ocr').environment, { BLOB_S3_ENDPOINT: 'http://s3:9000' }),
    'ocr: it is told of s3:9000, which is no port of s3',
  ],
  [
    'a call that is not allowed',
    (model) =>
      void Object.assign(service(model, 'ocr').environment, { DATABASE_URL: 'postgres://a:b@pgbouncer:6432/d' }),
    'but ocr may not call pgbouncer there',
  ],
])('%s is found', (_what, change, expected) => {
  expect(faultsWhere(change)).toContainEqual(expect.stringContaining(expected));
});

test('a variable without a value is refused, and one that .env.example lacks is found', () => {
  expect(() => readCompose(text, {})).toThrow('has no value');
  const file = readCompose(`${text}\nx-other: \${UNKNOWN_ONE:-}\n`, example);
  expect(brokenReferences(file, { root: ROOT, example })).toEqual(['.env.example has no UNKNOWN_ONE']);
});

test('addresses are found in URLs with several hosts, and in lists', () => {
  expect(addressesIn('redis+sentinel://u:p@a:1,b:2/name?sentinelPassword=p')).toEqual([
    { host: 'a', port: 1 },
    { host: 'b', port: 2 },
  ]);
  expect(addressesIn('gateway:8000 other:8000')).toHaveLength(2);
  expect(addressesIn('docusnap_api:secret')).toEqual([]);
});
