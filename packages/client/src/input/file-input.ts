import { openPath } from './path.ts';

/** Bytes of a file, wherever they are. */
export type FileData =
  /** A path, in Node.js only; or an address that begins with https:// or http://. */
  | string
  /** A `file:` address, in Node.js only; or another, from which the server fetches the file itself. */
  | URL
  /** A File has its name with it. */
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** A file to be read: its bytes, or those with a name. */
export type FileInput = FileData | { readonly data: FileData; readonly name?: string | undefined };

/** A file as it is sent: its bytes, or where the server finds them. */
export type SentFile =
  | { readonly name: string | undefined; readonly blob: Blob }
  | { readonly name: string | undefined; readonly url: string };

/** Throws DocuSnapError `file_unreadable`. */
export async function toSentFile(input: FileInput): Promise<SentFile> {
  const { data, name } = isNamed(input) ? input : { data: input, name: undefined };
  const address = addressOf(data);
  if (address !== undefined) return { name, url: address };
  if (typeof data === 'string' || data instanceof URL) {
    const opened = await openPath(data);
    return { name: name ?? opened.name, blob: opened.blob };
  }
  if (data instanceof Blob) return { name: name ?? ('name' in data ? String(data.name) : undefined), blob: data };
  return { name, blob: await blobOf(data) };
}

function isNamed(input: FileInput): input is Exclude<FileInput, FileData> {
  return typeof input === 'object' && 'data' in input && !(input instanceof Blob);
}

function addressOf(data: FileData): string | undefined {
  if (data instanceof URL) return data.protocol === 'file:' ? undefined : data.href;
  return typeof data === 'string' && /^https?:\/\//i.test(data) ? data : undefined;
}

/** Streams are gathered first: a request may have to be sent twice. */
async function blobOf(data: Exclude<FileData, string | URL | Blob>): Promise<Blob> {
  if (data instanceof ArrayBuffer) return new Blob([data]);
  if (ArrayBuffer.isView(data))
    return new Blob([new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)]);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of partsOf(data)) parts.push(new Uint8Array(part));
  return new Blob(parts);
}

async function* partsOf(data: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (Symbol.asyncIterator in data) {
    yield* data;
    return;
  }
  // Not every browser iterates over streams.
  const reader = (data as ReadableStream<Uint8Array>).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}
