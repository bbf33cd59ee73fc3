import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { describeConfig } from '../../packages/runtime/src/index.ts';
import { GatewayConfig } from '../../services/gateway/src/config.ts';
import { OcrConfig } from '../../services/ocr/src/config.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${ROOT}/README.md`, 'utf8');
const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { scripts: Record<string, string> };

/** Rows of the table below a heading: variable, default, what it is. */
function configTable(heading: string): string[][] {
  const section = readme.split(`### ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  return [...section.matchAll(/^\| `([A-Z0-9_]+)` \| (.*?) \| (.*) \|$/gm)].map(([, ...cells]) => cells);
}

test.each([
  ['services/gateway', GatewayConfig],
  ['services/ocr', OcrConfig],
])('the configuration table of %s is what the service reads', (heading, schema) => {
  const rows = describeConfig(schema).map((variable) => [
    variable.name,
    // As many as this machine has cores.
    variable.name === 'OCR_READERS'
      ? 'cores'
      : variable.default !== null
        ? `\`${variable.default}\``
        : variable.required
          ? 'required'
          : '-',
    variable.description,
  ]);
  expect(configTable(heading)).toEqual(rows);
});

test('every command the README names exists', () => {
  const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name as string);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('every file and folder the README links or names in its map exists', () => {
  const named = [...readme.matchAll(/\]\(([^)#:]+)\)|^\| `((?:packages|services|deploy)\/[^`]+)`/gm)].map(
    ([, link, room]) => link ?? room,
  );
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect(() => readFileSync(`${ROOT}/${path}`)).not.toThrow(/ENOENT/);
});
