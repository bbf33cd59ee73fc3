import { createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '@docusnap/contracts';

/** A file of a request, as it is known again: by what it holds, or by the address that it was to be fetched from. */
export type SeenFile =
  | { readonly name: string; readonly sha256: string }
  | { readonly name?: string; readonly url: string };

export interface RequestParts {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  /** What was said in it: parsed JSON, or the fields of a form. */
  readonly fields: unknown;
  readonly files: readonly SeenFile[];
  /** Of a document; told apart from others without being kept where it could be guessed. */
  readonly password?: string | undefined;
}

const PASSWORD_BYTES = 32;

/**
 * What a request is known by when it comes again, however its form was put together: SHA-256 of its parts as canonical JSON. A password goes in through
 * scrypt, with a salt of the request's own.
 */
export async function digestOf({ password, ...parts }: RequestParts, salt: string): Promise<Buffer> {
  const hidden =
    password === undefined
      ? null
      : ((await promisify<string, string, number, Buffer>(scrypt)(password, salt, PASSWORD_BYTES)).toString(
          'hex',
        ) as string);
  return createHash('sha256')
    .update(canonical({ ...parts, password: hidden }))
    .digest();
}

/** JSON whose objects have their names in order, and nothing that is undefined. Throws `bad_request` where it is nested too deeply. */
export function canonical(value: unknown): string {
  try {
    return JSON.stringify(value, (_name, part: unknown) => (isObject(part) ? inOrder(part) : part));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AppError('bad_request', 'The JSON is nested too deeply.', { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOrder(value: Record<string, unknown>): Record<string, unknown> {
  // A plain object puts names that look like numbers first, always in the same order; a name such as __proto__ is one like any other.
  const sorted = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(value).toSorted((one, other) => (one < other ? -1 : 1))) sorted[name] = value[name];
  return sorted;
}
