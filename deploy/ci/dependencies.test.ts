import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { installedPackages, licenceFault } from './dependencies/licences.ts';
import { readReport, vulnerabilitiesIn } from './dependencies/vulnerabilities.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const notice = readFileSync(`${ROOT}/NOTICE`, 'utf8');
const fault = (licence: string, name = 'some-package') => licenceFault({ name, version: '1.0.0', licence }, notice);

test('every package that is installed has a licence that is allowed, and NOTICE names those that ask for it', () => {
  const installed = installedPackages(ROOT);
  expect(installed.length).toBeGreaterThan(300);
  expect(installed.map((one) => licenceFault(one, notice)).filter((one) => one !== null)).toEqual([]);
});

test('licences that bind what they are built into are refused, alone or where there is no choice', () => {
  for (const licence of ['GPL-3.0', 'AGPL-3.0-only', 'MIT AND GPL-2.0', 'SSPL-1.0', 'UNLICENSED', '']) {
    expect(fault(licence)).not.toBeNull();
  }
  for (const licence of ['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT', 'MIT and ISC'])
    expect(fault(licence)).toBeNull();
});

test('a licence that may be taken with a word in NOTICE needs that word, of the package or its family', () => {
  expect(fault('LGPL-3.0')).toContain('needs a word in NOTICE');
  expect(fault('LGPL-3.0', 'libheif-js')).toBeNull();
  expect(fault('LGPL-3.0-or-later', '@img/sharp-libvips-linux-arm64')).toBeNull();
});

test('of what the registry knows, the severe is told, and an answer that is no report is none', () => {
  const advisory = { module_name: 'left', severity: 'high', title: 'Reads anything', url: 'https://example.com/1' };
  const report = readReport(JSON.stringify({ advisories: { 1: advisory, 2: { ...advisory, severity: 'low' } } }));
  expect(vulnerabilitiesIn(report!)).toEqual(['left: high: Reads anything (https://example.com/1)']);
  for (const text of ['', 'ERR_PNPM_AUDIT_BAD_RESPONSE', '{}', 'null']) expect(readReport(text)).toBeNull();
});
