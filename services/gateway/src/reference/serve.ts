import { randomBytes } from 'node:crypto';
import { AppError } from '@docusnap/contracts';
import type { Request, Response } from 'express';
import type { BuiltFiles } from '../console/files.ts';
import { notesOf } from '../request-log.ts';

const NONCE_BYTES = 16;
/** Two styles that redoc 2.5.4 makes before it knows its nonce, by what is in them: nothing, and a rule for its own scroll bars. */
const BEFORE_NONCE = [
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
];

/**
 * Answers `GET /docs` with the reference of the API: a viewer, which the console's build put beside it, and `/openapi.json`. The viewer makes its
 * styles as it runs, and marks them by a nonce that is new with each answer; scripts come from files alone.
 *
 * @throws AppError `console_not_built`
 */
export function serveReference(files: BuiltFiles) {
  return async (_request: Request, response: Response): Promise<void> => {
    notesOf(response).route = '/docs';
    const page = await files.find('docs.html');
    if (page === undefined) throw new AppError('console_not_built');
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    response.set({ 'content-security-policy': policyWith(nonce), 'cache-control': 'no-store' });
    response.type('html').send(page.bytes.toString('utf8').replaceAll('{{nonce}}', nonce));
  };
}

export function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}' ${BEFORE_NONCE.join(' ')}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    // The search of the viewer.
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
