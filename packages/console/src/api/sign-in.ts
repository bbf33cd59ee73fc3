import { CallError, call } from './call.ts';
import { type Session, session } from './session.ts';

/** Where the gateway turns a key, or the code of a one-time link, into a cookie. */
const PATH = '/v1/console/session';

interface Answer {
  readonly session: Session | null;
}

/** Asks who is signed in. Throws CallError. */
export async function findSession(): Promise<void> {
  session.value = (await call<Answer>(PATH)).session;
}

/** Throws CallError. */
export async function signIn(proof: { readonly key: string } | { readonly code: string }): Promise<void> {
  session.value = (await call<Answer>(PATH, { method: 'POST', json: proof })).session;
}

/** Throws CallError. A session that has ended already is signed out, too. */
export async function signOut(): Promise<void> {
  await call(PATH, { method: 'DELETE' }).catch((error) => {
    if (!(error instanceof CallError && error.status === 401)) throw error;
  });
  session.value = null;
}
