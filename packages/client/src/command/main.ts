#!/usr/bin/env node
import { run } from './run.ts';

/** The command `docusnap`. The environment is read here, and nowhere else. */
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // A second one ends the process at once, as without us.
    stopping.abort(signal);
  });
}
// Whoever read the output has closed the pipe, as `head` does: nobody wants the rest.
process.stdout.on('error', () => stopping.abort('SIGPIPE'));

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  signal: stopping.signal,
});
