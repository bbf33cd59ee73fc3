import { AppError } from '@docusnap/contracts';
import type { NextFunction, Request, Response } from 'express';
import { hasTag } from '../http/if-none-match.ts';
import { notesOf } from '../request-log.ts';
import type { BuiltFiles, Encoding, ServedFile } from './files.ts';
import { OPENED_BY, pageAsOpened } from './opened.ts';
import { CONSOLE_PERMISSIONS, CONSOLE_POLICY } from './policy.ts';

/** Files of the build that have addresses of their own, with policies of their own. */
const PAGES: ReadonlySet<string> = new Set(['/index.html', '/docs.html']);
/** Seconds: names with a hash never come to mean something else. */
const FOR_EVER = 31_536_000;

/**
 * Answers GET for the files of the console, its page at `/`. To be asked last, so that it stands in the way of no call; what it does not have is
 * left to others.
 *
 * @throws AppError `console_not_built` at `/` where there is no build
 */
export function serveConsole(files: BuiltFiles) {
  return async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const isPage = request.path === '/';
    const file = PAGES.has(request.path) ? undefined : await files.find(isPage ? 'index.html' : request.path.slice(1));
    if (file === undefined && !isPage) return next();
    notesOf(response).route = isPage ? '/' : '/(console)';
    if (file === undefined) throw new AppError('console_not_built');
    response.set({ 'content-security-policy': CONSOLE_POLICY, 'permissions-policy': CONSOLE_PERMISSIONS });
    if (isPage) response.vary(OPENED_BY);
    await sendFile(request, response, isPage ? pageAsOpened(request, file) : file);
  };
}

/** Sends a file, compressed where the browser takes that, or that it has not changed. */
export async function sendFile(request: Request, response: Response, file: ServedFile): Promise<void> {
  const encoding = file.isText ? chosenEncoding(request) : undefined;
  const etag = `"${file.etag}${encoding === undefined ? '' : `-${encoding}`}"`;
  response.set({
    'content-type': file.type,
    'cache-control': file.isHashed ? `public, max-age=${FOR_EVER}, immutable` : 'no-cache',
    etag,
    ...(encoding && { 'content-encoding': encoding }),
  });
  response.vary('Accept-Encoding');
  if (hasTag(request.get('if-none-match'), etag)) {
    response.status(304).end();
    return;
  }
  const body = encoding === undefined ? file.bytes : await file.encoded(encoding);
  response.set('content-length', String(body.length)).end(request.method === 'HEAD' ? undefined : body);
}

function chosenEncoding(request: Request): Encoding | undefined {
  const chosen = request.acceptsEncodings('br', 'gzip', 'identity');
  return chosen === 'br' || chosen === 'gzip' ? chosen : undefined;
}
