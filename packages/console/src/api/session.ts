import { signal } from '@preact/signals';

/** Who is signed in, as the gateway says: the cookie itself is out of this page's reach. */
export interface Session {
  readonly name: string;
  /** How the key begins. */
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly tenant_id: string;
  readonly key_id: string;
  readonly expires_at: string | null;
}

/** undefined: not asked yet. null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);

/** The server has said that the cookie is none, or none any more. */
export function signedOut(): void {
  if (session.value !== undefined) session.value = null;
}

export function mayDo(scope: 'read' | 'write' | 'admin' | 'operator'): boolean {
  return session.value?.scopes.includes(scope) ?? false;
}
