import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { combinations, ORDER } from './combinations.ts';
import { faultsOfKong } from './kong.ts';
import { type Manifest, manifestOf, readManifests, valuesAt } from './manifest.ts';
import { quantityOf } from './policies/quantities.ts';
import { faultsBySchema } from './schemas.ts';
import { unknownFields } from './unknown-fields.ts';

test('quantities are read as Kubernetes writes them', () => {
  expect(['250m', '2', '4Gi', '1.5', '10M', 3].map(quantityOf)).toEqual([0.25, 2, 4 * 2 ** 30, 1.5, 1e7, 3]);
  for (const wrong of ['', '4 Gi', '-1', '4Gb']) expect(() => quantityOf(wrong)).toThrow(RangeError);
});

test('the values at a path are found through lists and fields, and what is no object is refused', () => {
  expect(valuesAt({ a: [{ b: 1 }, { b: 2 }, { c: 3 }] }, 'a.*.b')).toEqual([1, 2]);
  expect(valuesAt({ a: 1 }, 'a.b.c')).toEqual([]);
  expect(() => readManifests('kind: Pod')).toThrow('apiVersion');
  expect(() => readManifests('a: [')).toThrow();
});

test("Kong's objects are held to the fields that are known of them", () => {
  const plugin = {
    apiVersion: 'configuration.konghq.com/v1',
    kind: 'KongPlugin',
    metadata: { name: 'limit' },
    plugin: 'rate-limiting',
  };
  const config = { minute: 600, limit_by: 'consumer', policy: 'local', fault_tolerant: true };
  const route = (plugins: string): object => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'docusnap', annotations: { 'konghq.com/plugins': plugins } },
  });
  expect(faultsOfKong([manifestOf({ ...plugin, config }), manifestOf(route('limit'))])).toEqual([]);
  expect(
    faultsOfKong([manifestOf({ ...plugin, config: { ...config, minutes: 6 } }), manifestOf(route('limit,key'))]),
  ).toEqual(['KongPlugin limit: : Unrecognized key: "minutes"', 'Ingress docusnap: there is no KongPlugin key']);
});

test('every component is in a combination, alone with what it needs, and each is in the order that fits', () => {
  const lists = combinations();
  expect(new Set(lists.flat())).toEqual(new Set(ORDER));
  expect(lists).toContainEqual(['embedded-data', 'pgbouncer']);
  expect(lists).toContainEqual(['prometheus-adapter', 'keda', 'gpu', 'argo-rollouts/canary']);
  expect(lists.every((list) => list.join() === ORDER.filter((one) => list.includes(one)).join())).toBe(true);
});

describe('objects against what is published of their kinds', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docusnap-kubernetes-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const scaledObject = (spec: string): Manifest =>
    manifestOf({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'ocr' }, spec: parse(spec) });
  const SOUND_SPEC = 'scaleTargetRef: { name: ocr }\nminReplicaCount: 1\ntriggers: []';

  test('values of a wrong type and missing fields are found', async () => {
    expect(await faultsBySchema(scaledObject(SOUND_SPEC))).toEqual([]);
    expect(await faultsBySchema(scaledObject(SOUND_SPEC.replace('1', 'one')))).toEqual([
      expect.stringContaining('minReplicaCount must be integer'),
    ]);
    expect(await faultsBySchema(scaledObject('triggers: []'))).toEqual([expect.stringContaining('scaleTargetRef')]);
  });

  test('fields that no type knows are found, and where', async () => {
    const root = fileURLToPath(new URL('../../../../../', import.meta.url));
    const unknown = scaledObject(SOUND_SPEC.replace('minReplicaCount', 'minReplicas'));
    expect(await unknownFields([scaledObject(SOUND_SPEC), unknown], join(folder, 'types'), root)).toEqual([
      expect.stringMatching(/^ScaledObject ocr: TS2\d+: .*minReplicas/),
    ]);
  });
});
