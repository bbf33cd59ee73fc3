import { type Logger, pino } from 'pino';
import { type Host, joinLines } from './joined-lines.ts';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The log of a process: JSON, a line an event, on standard output. Written at once, so that the last line before an exit is not lost.
 * Nothing that was read from a document may be put into it.
 *
 * @param options.joinedUntilExitOf for a process that logs each request: usual lines of a turn are written together, all of them when it ends
 */
export function openLog(options: { service: string; level: LogLevel; joinedUntilExitOf?: Host }): Logger {
  const output = pino.destination({ fd: 1, sync: true });
  return pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    options.joinedUntilExitOf ? joinLines(output, options.joinedUntilExitOf) : output,
  );
}

/** Writes a line of level info. `fields` is JSON, each with a comma before it, and names none that a line has anyway. */
export type WriteLine = (fields: string, message: string) => void;

interface Insides {
  readonly [pino.symbols.lsCacheSym]: Readonly<Record<number, string>>;
  readonly [pino.symbols.chindingsSym]: string;
  readonly [pino.symbols.timeSym]: () => string;
  readonly [pino.symbols.streamSym]: { write(line: string): void };
}

/**
 * The same line as `log.info` for who knows its fields to need no escaping: pino looks at each character of each, which for a line a request was a
 * fourteenth of all that the gateway did. Its time is looked up once a millisecond.
 */
export function quickLines(log: Logger): WriteLine {
  const insides = log as unknown as Insides;
  const begin = insides[pino.symbols.lsCacheSym][log.levels.values.info ?? 30] ?? '';
  const bindings = insides[pino.symbols.chindingsSym];
  let at = 0;
  let time = '';
  return (fields, message) => {
    if (!log.isLevelEnabled('info')) return;
    const now = Date.now();
    if (now !== at) [at, time] = [now, insides[pino.symbols.timeSym]()];
    insides[pino.symbols.streamSym].write(`${begin}${time}${bindings}${fields},"msg":"${message}"}\n`);
  };
}
