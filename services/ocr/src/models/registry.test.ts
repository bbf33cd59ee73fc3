import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import catalogue from '../../models.json' with { type: 'json' };
import { DEFAULT_SET, filesOf, findModelSet, openRegistry } from './registry.ts';

const PUBLISHED = fileURLToPath(new URL('../../../../../shared/models/published.json', import.meta.url));

test('the default set comes first and is the only one that was tried', () => {
  const registry = openRegistry();
  expect(registry[0]?.name).toBe(DEFAULT_SET);
  expect(findModelSet()).toEqual(registry[0]);
  expect(registry.filter(({ tried }) => tried).map(({ name }) => name)).toEqual([DEFAULT_SET]);
});

test('the catalogue has the later generations in all their tiers', () => {
  const names = openRegistry().map(({ name }) => name);
  const wanted = ['pp-ocrv5-mobile', 'pp-ocrv5-server', 'pp-ocrv6-tiny', 'pp-ocrv6-small', 'pp-ocrv6-medium'];
  expect(names).toEqual(expect.arrayContaining([...wanted, 'pp-ocrv5-mobile-latin', 'pp-ocrv5-mobile-korean']));
});

test('no two sets, no two files and no two files on disk share a name, and every file is used', () => {
  for (const names of [
    catalogue.sets.map(({ name }) => name),
    catalogue.files.map(({ name }) => name),
    catalogue.files.map(({ file }) => file),
    catalogue.files.map(({ sha256 }) => sha256),
  ]) {
    expect(new Set(names).size).toBe(names.length);
  }
  const used = new Set(filesOf(...openRegistry()).map(({ name }) => name));
  expect(used).toEqual(new Set(catalogue.files.map(({ name }) => name)));
});

test('files come from a package the catalogue names, or from an address that cannot be listened to', () => {
  const packages = catalogue.packages.map(({ name }) => name);
  for (const { from } of filesOf(...openRegistry())) {
    if ('package' in from) expect(packages).toContain(from.package);
    else expect(from.url).toMatch(/^https:/);
  }
});

test('a set that is not in the catalogue is refused, and those that are get named', () => {
  expect(() => findModelSet('none')).toThrow(
    expect.objectContaining({ code: 'models_unavailable', message: expect.stringContaining('pp-ocrv6-small') }),
  );
});

test('a catalogue that names a file it does not have, or is otherwise faulty, is refused', () => {
  const [set, file] = [catalogue.sets[0]!, catalogue.files[0]!];
  const gone = { ...catalogue, sets: [{ ...set, files: { ...set.files, detection: 'gone' } }] };
  expect(() => openRegistry(gone)).toThrow(expect.objectContaining({ code: 'models_unavailable' }));
  expect(() => openRegistry({ ...catalogue, files: [{ ...file, file: '../../etc/passwd' }] })).toThrow(/folders/);
  expect(() => openRegistry({ ...catalogue, files: [{ ...file, from: { url: 'file:///etc/passwd' } }] })).toThrow();
});

/** The list is beside this repository where it is worked on, and not in it. */
const testWithList: (name: string, run: () => void) => void = existsSync(PUBLISHED)
  ? test
  : (name) => console.log(`not run: "${name}", since ${PUBLISHED} is not there`);

testWithList('every hash and address is one that was published', () => {
  const entries: { url: string; sha256: string }[] = JSON.parse(readFileSync(PUBLISHED, 'utf8'));
  const bySource = new Map(entries.map(({ url, sha256 }) => [url, sha256]));
  const fetched = filesOf(...openRegistry()).flatMap(({ from, sha256 }) => ('url' in from ? [[from.url, sha256]] : []));
  expect(fetched.length).toBeGreaterThan(30);
  expect(fetched).toEqual(fetched.map(([url]) => [url, bySource.get(url!)]));
});
