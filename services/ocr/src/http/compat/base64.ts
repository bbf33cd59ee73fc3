import { AppError } from '@docusnap/contracts';

/** Characters that are decoded before others have their turn: less than a millisecond. */
const PIECE = 256 * 1024;

/** The bytes of a text in base64, which may begin with a `data:` prefix. Throws `file_too_large`, and `file_undecodable` for what is no base64. */
export async function decodeBase64(text: string, maxBytes: number): Promise<Buffer> {
  const begin = text.startsWith('data:') ? text.indexOf(',') + 1 : 0;
  const parts: Buffer[] = [];
  let size = 0;
  let rest = '';
  for (let at = begin; at < text.length; at += PIECE) {
    // Some encoders break lines.
    const clean = rest + text.slice(at, at + PIECE).replace(/\s/g, '');
    if (/[^A-Za-z0-9+/=_-]/.test(clean)) throw new AppError('file_undecodable', 'It is not base64.');
    const whole = at + PIECE >= text.length ? clean.length : clean.length - (clean.length % 4);
    rest = clean.slice(whole);
    const bytes = Buffer.from(clean.slice(0, whole), 'base64');
    size += bytes.length;
    if (size > maxBytes) throw new AppError('file_too_large', `The limit is ${maxBytes} bytes.`);
    parts.push(bytes);
    await new Promise((next) => setImmediate(next));
  }
  return Buffer.concat(parts);
}
