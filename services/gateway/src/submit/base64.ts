import { AppError } from '@docusnap/contracts';

/** Characters decoded at a time; a multiple of 4, so that each piece stands for whole bytes. */
const PIECE = 256 * 1024;
const ALPHABET = /^[A-Za-z0-9+/]*$/;

/**
 * The bytes that a base64 text stands for, piece by piece, so that neither the whole file lies in memory twice nor the event loop waits
 * for it. Node's decoder skips what is no base64; here it is refused. `where` names the text for the error. Throws `bad_request`.
 */
export async function* decodeBase64(text: string, where: string): AsyncGenerator<Buffer> {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const end = text.length - padding;
  if (text.length % 4 !== 0) throw notBase64(where);
  for (let at = 0; at < end; at += PIECE) {
    const piece = text.slice(at, Math.min(at + PIECE, end));
    if (!ALPHABET.test(piece)) throw notBase64(where);
    yield Buffer.from(piece, 'base64');
    await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function notBase64(where: string): AppError {
  return new AppError('bad_request', `${where} is not base64 (standard alphabet, padded, without line breaks).`);
}
