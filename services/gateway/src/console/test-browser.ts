import { ConsoleLinkBody, NewKeyBody, type Scope } from '@docusnap/contracts';
import { expect } from '@jest/globals';
import type { TestGateway } from '../test-gateway.ts';
import { openSignInAttempts } from './attempts.ts';

export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string;
  readonly headers?: Record<string, string>;
  readonly url?: string;
}

/** What a page of the console asks of a gateway. */
export interface TestBrowser {
  ask(path: string, asked?: Asked): Promise<Response>;
  signIn(body: object, more?: Asked): Promise<Response>;
  /** The cookie of a session of this key, the first one's unless told. */
  signedIn(key?: string): Promise<string>;
  /** The code of a link that this key made. */
  newCode(key?: string): Promise<string>;
  newKey(scopes: Scope[]): Promise<NewKeyBody>;
  /** All tests come from one address. */
  freshAttempts(): void;
}

export function openTestBrowser(gateway: TestGateway): TestBrowser {
  const browser: TestBrowser = {
    ask: (path, { method = 'GET', body, cookie, headers, url = gateway.url } = {}) =>
      fetch(url + path, {
        method,
        headers: {
          ...(method !== 'GET' && { origin: url }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(cookie !== undefined && { cookie }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    signIn: (body, more = {}) => browser.ask('/v1/console/session', { method: 'POST', body, ...more }),
    async signedIn(key = gateway.key) {
      browser.freshAttempts();
      const answer = await browser.signIn({ key });
      expect(answer.status).toBe(201);
      return cookieOf(answer);
    },
    async newCode(key = gateway.key) {
      const made = await gateway.call('/v1/console/links', { method: 'POST', key });
      expect(made.status).toBe(201);
      return ConsoleLinkBody.parse(await made.json()).path.replace('/#/sign-in/', '');
    },
    async newKey(scopes) {
      const answer = await gateway.call('/v1/keys', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'browser', scopes }),
      });
      return NewKeyBody.parse(await answer.json());
    },
    freshAttempts: () => void Object.assign(gateway.ports.signIns, openSignInAttempts()),
  };
  return browser;
}

export const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]!.split(';')[0]!;
export const codeOf = async (answer: Response): Promise<unknown> => [answer.status, (await answer.json()).code];
