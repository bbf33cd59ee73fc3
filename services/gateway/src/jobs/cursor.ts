import { AppError } from '@docusnap/contracts';
import { z } from 'zod';

/** After which job a list goes on. */
export interface Position {
  readonly createdAt: Date;
  readonly id: string;
}

const Encoded = z.tuple([z.iso.datetime(), z.uuid()]);

/** Opaque to clients. It needs no signature: it can only say where in the caller's own list to go on. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.createdAt.toISOString(), position.id])).toString('base64url');
}

/** Throws `bad_request` for what `encodeCursor` did not write. */
export function decodeCursor(cursor: string): Position {
  const [createdAt, id] = parse(cursor);
  return { createdAt: new Date(createdAt), id };
}

function parse(cursor: string): z.infer<typeof Encoded> {
  try {
    return Encoded.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new AppError('bad_request', 'cursor: take next_cursor of the list before as it is.', { cause });
  }
}
