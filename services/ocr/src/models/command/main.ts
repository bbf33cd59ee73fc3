import { openRegistry } from '../registry.ts';
import { runCommand } from './command.ts';
import { readModelsFolder } from './config.ts';

/** `npm run models -- list | pull NAME... | verify` */

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
// Whoever read the lines has closed the pipe, as `head` does: nobody wants the rest.
process.stdout.on('error', () => stop.abort());

process.exitCode = await runCommand(process.argv.slice(2), {
  registry: openRegistry(),
  folder: readModelsFolder(process.env),
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
  signal: stop.signal,
});
process.disconnect?.();
