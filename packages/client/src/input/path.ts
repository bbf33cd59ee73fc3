import { DocuSnapError } from '../errors.ts';

/** The part of Node.js's modules that is used here, so that this package needs none of its types. */
interface Builtins {
  readonly getBuiltinModule?: (name: string) => unknown;
}
interface Files {
  openAsBlob(path: string | URL): Promise<Blob>;
  readonly promises: { stat(path: string | URL): Promise<{ isDirectory(): boolean }> };
}

/**
 * A file of the disk, read while it is sent. Node.js's modules are asked for when they are needed, and not imported, so that bundles for browsers need
 * nothing in their place.
 */
export async function openPath(path: string | URL): Promise<{ readonly name: string; readonly blob: Blob }> {
  const runtime = (globalThis as { process?: Builtins }).process;
  const files = runtime?.getBuiltinModule?.('node:fs') as Files | undefined;
  if (!files) throw unreadable(`Paths such as "${path}" can be opened in Node.js only. Give a File or its bytes.`);
  try {
    if ((await files.promises.stat(path)).isDirectory()) throw unreadable(`${path} is a folder. Name the files in it.`);
    return { name: nameOf(path), blob: await files.openAsBlob(path) };
  } catch (error) {
    if (error instanceof DocuSnapError) throw error;
    const { code } = error as { readonly code?: unknown };
    if (code === 'ENOENT') throw unreadable(`There is no file ${path}.`, error);
    throw unreadable(`${path} cannot be opened (${String(code ?? error)}).`, error);
  }
}

function nameOf(path: string | URL): string {
  const text = path instanceof URL ? decodeURIComponent(path.pathname) : path;
  return text.split(/[\\/]/).at(-1) ?? text;
}

function unreadable(message: string, cause?: unknown): DocuSnapError {
  return new DocuSnapError({ code: 'file_unreadable', message, cause });
}
