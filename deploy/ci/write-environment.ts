import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withEnvironment, withExamples } from './environment.ts';

/** `node deploy/ci/write-environment.ts`: brings docker-compose.yml and .env.example in step with what the services read. */
const at = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

const compose = withEnvironment(readFileSync(at('docker-compose.yml'), 'utf8'));
writeFileSync(at('docker-compose.yml'), compose);
writeFileSync(at('.env.example'), withExamples(readFileSync(at('.env.example'), 'utf8'), compose));
