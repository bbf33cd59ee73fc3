import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { StartError } from './start-error.ts';

/** What the person who starts the system may choose. */
export interface Options {
  readonly home: string;
  /** Of the gateway. */
  readonly port: number;
  readonly ocrPort: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `--port` and `--ocr-port`, else PORT and OCR_PORT, else what npm makes of `npm start --port=N` without the two dashes that
 * would pass it on, else 8000 and 5001.
 */
export function parseOptions(args: readonly string[], environment: Environment, root: string): Options {
  const values = parseArguments(args);
  return {
    home: homeFrom(environment, root),
    port: portFrom('--port', values.port ?? environment.PORT ?? environment.npm_config_port ?? '8000'),
    ocrPort: portFrom(
      '--ocr-port',
      values['ocr-port'] ?? environment.OCR_PORT ?? environment.npm_config_ocr_port ?? '5001',
    ),
  };
}

export function homeFrom(environment: Environment, root: string): string {
  return environment.DOCUSNAP_HOME || join(root, '.docusnap');
}

function parseArguments(args: readonly string[]): { port?: string; 'ocr-port'?: string } {
  try {
    return parseArgs({ args: [...args], options: { port: { type: 'string' }, 'ocr-port': { type: 'string' } } }).values;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `${what.replace(/\.?$/, '.')} Usage: npm start -- [--port N] [--ocr-port N] (the first two dashes are for npm).`,
      { cause: error },
    );
  }
}

function portFrom(name: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new StartError(`Expected ${name} to be a port between 1 and 65535, got "${text}".`);
}
