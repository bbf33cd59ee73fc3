import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { GatewayConfig } from '../../services/gateway/src/config.ts';
import { OcrConfig } from '../../services/ocr/src/config.ts';
import { withEnvironment, withExamples } from './environment.ts';

const read = (name: string): string => readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');

test('.env.example and docker-compose.yml name every variable of the services (node deploy/ci/write-environment.ts)', () => {
  const compose = read('docker-compose.yml');
  const example = read('.env.example');
  expect(compose).toBe(withEnvironment(compose));
  expect(example).toBe(withExamples(example, compose));
  for (const name of [...Object.keys(GatewayConfig.shape), ...Object.keys(OcrConfig.shape)]) {
    expect(example).toMatch(new RegExp(`^(# )?${name}(=|: )`, 'm'));
  }
});

test('a file that has lost the marks of what is written is refused', () => {
  expect(() => withEnvironment('services: {}\n')).toThrow('x-gateway-environment');
  expect(() => withExamples('DOCUSNAP_NAME=localhost\n', read('docker-compose.yml'))).toThrow('.env.example');
});
