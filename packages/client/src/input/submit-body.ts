import { type FileInput, type SentFile, toSentFile } from './file-input.ts';

/** Fields that stand in a form as they are; all others are JSON. */
const PLAIN: ReadonlySet<string> = new Set(['task', 'batch', 'deadline']);

/**
 * The body of a submit: a form, whose files are sent while they are read; or JSON where there are none, or where the server is to fetch one, which forms
 * cannot say.
 */
export async function submitBody(files: readonly FileInput[], fields: object): Promise<FormData | string> {
  const sent = await Promise.all(files.map(toSentFile));
  if (sent.length === 0 || sent.some((file) => 'url' in file)) {
    return JSON.stringify({ ...fields, files: await Promise.all(sent.map(jsonFile)) });
  }
  const form = new FormData();
  // First, since what follows may depend on them; and what is refused for them is refused before the files are sent.
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) form.append(name, PLAIN.has(name) ? String(value) : JSON.stringify(value));
  }
  for (const file of sent) if ('blob' in file) form.append('file', file.blob, file.name ?? 'file');
  return form;
}

async function jsonFile(file: SentFile): Promise<object> {
  const name = file.name === undefined ? {} : { name: file.name };
  return 'url' in file ? { ...name, url: file.url } : { ...name, content: base64(await file.blob.arrayBuffer()) };
}

/** Characters that one call of String.fromCharCode may be given. */
const PIECE = 0x8000;

export function base64(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
