import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { ConfigError, readConfig } from './config.ts';
import type { Logger } from './log.ts';

/** To be spread into the variables of a service that reloads. */
export const RELOAD_VARIABLES = {
  CONFIG_FILE: z
    .string()
    .optional()
    .describe(
      'File of NAME=value lines that may be changed while it runs (see "Configuration"); they go before the environment.',
    ),
};

type Environment = Readonly<Record<string, string | undefined>>;

export interface ReloadableConfig<Shape extends z.ZodRawShape> {
  readonly schema: z.ZodObject<Shape>;
  readonly env: Environment;
  /** The variables that may be changed while it runs; CONFIG_FILE may hold no others. */
  readonly reloadable: readonly string[];
}

/** As `readConfig`, with what CONFIG_FILE holds put before the environment. Throws ConfigError. */
export function readReloadable<Shape extends z.ZodRawShape>({
  schema,
  env,
  reloadable,
}: ReloadableConfig<Shape>): z.output<z.ZodObject<Shape>> {
  const path = env.CONFIG_FILE;
  if (!path) return readConfig(schema, env);
  const given = readGiven(path, reloadable);
  // A value in the file also goes before a file that the environment names, and the other way round.
  const kept = Object.entries(env).filter(([name]) => !(bare(name) in given) && !(`${bare(name)}_FILE` in given));
  return readConfig(schema, { ...Object.fromEntries(kept), ...given });
}

const bare = (name: string): string => name.replace(/_FILE$/, '');

function readGiven(path: string, reloadable: readonly string[]): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`CONFIG_FILE names a file that cannot be read: ${(error as Error).message}`);
  }
  // An empty value counts as none, as in the environment.
  const given = Object.fromEntries(Object.entries(parseEnv(text)).filter(([, value]) => value)) as Record<
    string,
    string
  >;
  const other = Object.keys(given).filter((name) => !reloadable.includes(name) && !reloadable.includes(bare(name)));
  if (other.length === 0) return given;
  throw new ConfigError(
    `${path} sets ${other.join(', ')}, which cannot be changed while it runs: set that in the environment. It may hold ${reloadable.join(', ')}.`,
  );
}

export interface Reloading<Shape extends z.ZodRawShape> extends ReloadableConfig<Shape> {
  /** As it is in force at the start. */
  readonly config: z.output<z.ZodObject<Shape>>;
  /** The process, whose SIGHUP asks for it. */
  readonly host: Pick<NodeJS.Process, 'on' | 'off'>;
  /**
   * Makes what can fail of what is needed to put a configuration in force, and gives what then does it. Only the reloadable variables that are named
   * differ from those in force.
   */
  readonly prepare: (
    next: z.output<z.ZodObject<Shape>>,
    changed: readonly string[],
  ) => Promise<() => void | Promise<void>>;
  readonly log: Logger;
  /** Milliseconds between two looks at the files; 2,000 unless told. */
  readonly everyMs?: number;
}

const EVERY_MS = 2_000;
/** Looks from what failed by a passing fault to the next try: half a minute. */
const REST_LOOKS = 15;

/**
 * Reads the configuration again on SIGHUP, and when CONFIG_FILE or a file that a reloadable variable's NAME_FILE names has changed, by whatever means: in
 * place, or by a link that leads elsewhere from one moment to the next, as Kubernetes mounts them. All of it is put in force, or nothing: a
 * configuration that cannot be used is told to the log, and the one before stays. What fails for another reason, such as a database that is away, is
 * told too and tried again until it is in force.
 */
export function startReloading<Shape extends z.ZodRawShape>(options: Reloading<Shape>): { stop(): Promise<void> } {
  const { host, log, env, reloadable, everyMs = EVERY_MS } = options;
  let inForce = options.config;
  let seen = fingerprintOf(env, reloadable);
  /** Null where it is to be tried again. */
  let tried: string | null = seen;
  let restLooks = 0;
  let work: Promise<void> = Promise.resolve();

  async function reload(): Promise<void> {
    tried = fingerprintOf(env, reloadable);
    try {
      const next = readReloadable(options);
      const changed = reloadable.filter(
        (name) => !isSame(next[name as keyof typeof next], inForce[name as keyof typeof next]),
      );
      if (changed.length === 0) {
        log.info('the configuration was read again: nothing has changed');
        return;
      }
      const putInForce = await options.prepare(next, changed);
      await putInForce();
      inForce = next;
      log.info({ changed }, 'the configuration was read again and is in force');
    } catch (err) {
      if (err instanceof ConfigError) {
        // Its message is for operators and shows no value; other errors come with their stack.
        log.error({ why: err.message }, 'the changed configuration is refused; the one before stays in force');
        return;
      }
      log.error({ err }, 'the changed configuration is not in force yet: this failed, and is tried again');
      tried = null;
      restLooks = REST_LOOKS;
    }
  }

  const ask = (): void => {
    work = work.then(reload);
  };
  /** Two looks that see the same: a file that is just being written is waited for. */
  const look = (): void => {
    const now = fingerprintOf(env, reloadable);
    if (now !== seen) restLooks = 0;
    else if (restLooks > 0) restLooks -= 1;
    else if (now !== tried) ask();
    seen = now;
  };
  host.on('SIGHUP', ask);
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      clearInterval(timer);
      host.off('SIGHUP', ask);
      return work;
    },
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Of the files' contents as they can be read just now. */
function fingerprintOf(env: Environment, reloadable: readonly string[]): string {
  const hash = createHash('sha256');
  const named = fileNamesIn(env, reloadable);
  for (const path of named) hash.update(`\0${path}\0${contentOf(path)}`);
  return hash.digest('hex');
}

function fileNamesIn(env: Environment, reloadable: readonly string[]): string[] {
  const { CONFIG_FILE: path } = env;
  const given = path ? (parseEnv(contentOf(path)) as Environment) : {};
  const files = reloadable.flatMap((name) => given[`${name}_FILE`] ?? env[`${name}_FILE`] ?? []);
  return [...(path ? [path] : []), ...files];
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Away for a moment, or for good: which of the two reading it in earnest will tell.
    return '';
  }
}
