import type { Failure } from '@docusnap/contracts';
import type { Filling, OverlaidPage } from '@docusnap/formats';

/** What the thread is asked, one at a time. */
export type Question =
  | { readonly ask: 'open'; readonly bytes: Uint8Array; readonly filling?: Filling | undefined }
  | { readonly ask: 'add'; readonly frame: number; readonly page: OverlaidPage }
  | { readonly ask: 'finish' };

export type Answer = { readonly added: Uint8Array } | { readonly failure: Failure } | { readonly done: true };
