import { isUtf8 } from 'node:buffer';
import { V1Refusal } from './codes.ts';

/** A parser takes memory for each level and each value, many times more than the text has: 64 MiB of brackets took it gigabytes. */
const DEEPEST = 100;
const MOST_VALUES = 1_000_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}` differ in one bit each. */
const CASE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** What a text in JSON says. Throws V1Refusal `INVALID_JSON` for what is none, and for more levels or values than any client sends. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!isUtf8(text) || isExcessive(text)) throw new V1Refusal('INVALID_JSON');
  try {
    return JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new V1Refusal('INVALID_JSON', cause);
  }
}

function isExcessive(text: Buffer): boolean {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at]!;
    if (byte === QUOTE) {
      at = endOfString(text, at);
    } else if (byte === COMMA) {
      values += 1;
    } else if ((byte | CASE_BIT) === OPENING) {
      depth += 1;
      values += 1;
    } else if ((byte | CASE_BIT) === CLOSING) {
      depth -= 1;
    }
    if (depth > DEEPEST || values > MOST_VALUES) return true;
  }
  return false;
}

/** Where the string that begins at `start` ends; nearly all there is lies in a few long ones, which are passed over at once. */
function endOfString(text: Buffer, start: number): number {
  for (let at = text.indexOf(QUOTE, start + 1); at >= 0; at = text.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
