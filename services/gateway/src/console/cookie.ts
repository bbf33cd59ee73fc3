import type { Request, Response } from 'express';

/** Over TLS with the prefix by which browsers take it from this very host only, for all paths, and never send it without TLS. */
const NAME = { plain: 'docusnap_session', secure: '__Host-docusnap_session' } as const;

function nameFor({ secure }: Pick<Request, 'secure'>): string {
  return secure ? NAME.secure : NAME.plain;
}

/** What the browser's cookie holds; undefined where there is none, or more than one: somebody else has set one beside ours. */
export function sessionTokenOf(request: Request): string | undefined {
  const name = nameFor(request);
  const values = (request.headers.cookie ?? '').split(';').flatMap((pair) => {
    const [key = '', ...value] = pair.split('=');
    return key.trim() === name ? [value.join('=').trim()] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** No script reads it, and no page of another site has it sent. */
export function setSessionCookie(request: Request, response: Response, token: string, seconds: number): void {
  response.append('set-cookie', `${nameFor(request)}=${token}; Max-Age=${seconds}; ${attributesFor(request)}`);
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.append('set-cookie', `${nameFor(request)}=; Max-Age=0; ${attributesFor(request)}`);
}

function attributesFor({ secure }: Pick<Request, 'secure'>): string {
  return `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
