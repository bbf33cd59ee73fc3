import { writeFile } from 'node:fs/promises';
import { generatedFiles } from './generate.ts';

// Writes what is made of the gateway's schemas and of the table of errors.
for (const [path, text] of generatedFiles()) {
  await writeFile(path, text);
  console.log(path);
}
