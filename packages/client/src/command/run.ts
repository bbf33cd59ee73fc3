import { parseArgs } from 'node:util';
import { openDocuSnap } from '../docusnap.ts';
import { DocuSnapError } from '../errors.ts';
import { ADVICE } from '../generated/advice.ts';
import type { Call } from './call.ts';
import { COMMANDS, type CommandName, type CommandSpec, type Given } from './commands.ts';
import { completion } from './completion.ts';
import { configure } from './configure.ts';
import { doctor } from './doctor/doctor.ts';
import { ConfigurationError, EXIT, type ExitCode, UsageError } from './exit-codes.ts';
import { extract } from './extract.ts';
import { jobs } from './jobs.ts';
import { keys } from './keys.ts';
import { read } from './read.ts';
import { paintFor, type Surroundings } from './screen.ts';
import { findSettings } from './settings.ts';
import { usage, usageOf } from './usage.ts';
import { VERSION } from './version.ts';
import { watch } from './watch.ts';

const ACTS: Readonly<Record<CommandName, (call: Call) => Promise<ExitCode>>> = {
  read,
  extract,
  watch,
  jobs,
  keys,
  doctor,
  configure,
  completion,
};

/** A batch waits as long as a busy server asks for; Ctrl-C ends it. */
const LONGEST_WAIT_MS = 15 * 60_000;

/** Runs the command as it was called; gives its exit code. */
export async function run(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? around.errors : around.output).write(usage());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === '--version' || name === '-V') {
    around.output.write(`docusnap ${VERSION}\n`);
    return EXIT.ok;
  }
  try {
    return await act(commandNamed(name), rest, around);
  } catch (error) {
    return explain(error, name, around);
  }
}

async function act(name: CommandName, args: readonly string[], around: Surroundings): Promise<ExitCode> {
  const { options }: CommandSpec = COMMANDS[name];
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const given: Given = values;
  if (given.help) {
    around.output.write(usageOf(name));
    return EXIT.ok;
  }
  const connect = () => {
    const { url, config } = given as { url?: string; config?: string };
    const settings = findSettings({ url, config }, around.environment);
    const client = openDocuSnap({
      ...settings,
      longestWaitMs: LONGEST_WAIT_MS,
      headers: { 'user-agent': `docusnap/${VERSION}` },
    });
    return { docusnap: client, url: settings.url };
  };
  return ACTS[name]({
    ...around,
    args: positionals,
    given,
    connect,
    paint: paintFor(around.output, around.environment),
  });
}

function commandNamed(name: string): CommandName {
  if (Object.hasOwn(COMMANDS, name)) return name as CommandName;
  throw new UsageError(`There is no command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
}

/** Says what went wrong on the error output. What nobody foresaw keeps its stack, for whoever mends it. */
function explain(error: unknown, name: string, { errors, signal, environment }: Surroundings): ExitCode {
  if (signal.aborted) return signal.reason === 'SIGPIPE' ? EXIT.ok : EXIT.interrupted;
  const paint = paintFor(errors, environment);
  const say = (text: string): void => void errors.write(`${paint('red', 'docusnap:')} ${text}\n`);
  if (error instanceof UsageError || isParseError(error)) {
    const known = Object.hasOwn(COMMANDS, name);
    // Of parseArgs the first sentence: what follows is about arguments that begin with a hyphen.
    const [sentence = ''] = error instanceof UsageError ? [error.message] : error.message.split(/(?<=\.) To /);
    say(`${sentence}\n${known ? `Try docusnap ${name} --help.` : 'Try docusnap --help.'}`);
    return EXIT.usage;
  }
  if (error instanceof ConfigurationError) {
    say(error.message);
    return EXIT.configuration;
  }
  if (error instanceof DocuSnapError) {
    say(`${error.message}${adviceOn(error)}`);
    return exitOf(error);
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.failed;
}

/** What parseArgs of Node.js throws for options it does not know. */
function isParseError(error: unknown): error is Error {
  return String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
}

function adviceOn({ code }: DocuSnapError): string {
  if (code === 'unauthorized')
    return '\nThe key was refused. Is DOCUSNAP_API_KEY a key of this DocuSnap, and not expired or revoked?';
  if (code === 'unreachable') return '\nIs it running, and is DOCUSNAP_URL its address?';
  // Of another program, or of another port of DocuSnap.
  if (code === 'unexpected_answer' || code === 'not_found')
    return '\nIs DOCUSNAP_URL the address of DocuSnap, as npm start prints it?';
  return Object.hasOwn(ADVICE, code) ? `\n${ADVICE[code]}` : '';
}

export function exitOf({ code, status }: DocuSnapError): ExitCode {
  if (code === 'unauthorized' || code === 'forbidden' || code === 'tenant_suspended') return EXIT.configuration;
  if (code === 'unreachable' || code === 'timed_out' || status === 503) return EXIT.unreachable;
  return EXIT.failed;
}
