import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { copyViewer } from './docs/copy-viewer.mjs';

/** Builds the console into dist/, with the sample that people may try it with. */
const HERE = import.meta.dirname;
const SAMPLE = join(HERE, '..', '..', 'deploy', 'embedded', 'sample', 'invoice.jpg');

await build({ configFile: join(HERE, 'vite.config.mjs'), logLevel: 'warn' });
mkdirSync(join(HERE, 'dist', 'sample'), { recursive: true });
copyFileSync(SAMPLE, join(HERE, 'dist', 'sample', 'invoice.jpg'));
copyViewer(join(HERE, 'dist'));
