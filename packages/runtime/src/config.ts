import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The configuration cannot be used; the message says everything that is wrong with it, in sentences for an operator. Printed without a stack. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that a schema names (its keys are the environment's names, its fields take strings: `z.coerce.number()`,
 * `z.stringbool()`, ...). Where NAME is not set, NAME_FILE may name a file that holds the value, as secrets are mounted; an empty string
 * counts as not set. Throws ConfigError with every problem at once; values are never shown, since some are secrets.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: Environment,
): z.output<z.ZodObject<Shape>> {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  const unreadable = new Set<string>();
  for (const name of Object.keys(schema.shape)) {
    try {
      const value = readVariable(name, env);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      unreadable.add(name);
      problems.push(`${name}_FILE names a file that cannot be read: ${(error as Error).message}`);
    }
  }
  const parsed = schema.safeParse(values);
  if (parsed.success && problems.length === 0) return parsed.data;
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0] ?? '');
    if (!unreadable.has(name)) problems.push(sentenceOf(name, issue.message, name in values, schema));
  }
  throw new ConfigError(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
}

function readVariable(name: string, env: Environment): string | undefined {
  if (env[name]) return env[name];
  const file = env[`${name}_FILE`];
  if (!file) return undefined;
  return readFileSync(file, 'utf8').trim() || undefined;
}

function sentenceOf(name: string, message: string, given: boolean, schema: z.ZodObject): string {
  if (name === '') return message;
  if (given) return `${name} cannot be used: ${message}`;
  const description = describeConfig(schema).find((variable) => variable.name === name)?.description;
  return `${name} is not set${description ? ` (${description})` : ''}; ${name}_FILE may name a file that holds it`;
}

/** One variable, as the README's table shows it. */
export interface ConfigVariable {
  readonly name: string;
  /** What it is for, with its unit. */
  readonly description: string;
  readonly required: boolean;
  /** As it would be written in the environment; null when there is none. */
  readonly default: string | null;
}

/** What `readConfig` reads with the same schema; descriptions are the fields' `.describe()`. */
export function describeConfig(schema: z.ZodObject): ConfigVariable[] {
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(shape.properties ?? {}).map(([name, property]) => {
    const field = typeof property === 'object' ? property : {};
    return {
      name,
      description: schema.shape[name]?.description ?? field.description ?? '',
      required: shape.required?.includes(name) ?? false,
      default: field.default === undefined ? null : String(field.default),
    };
  });
}
