import { type BodyRoom, openBodyRoom } from './body-room.ts';
import type { EncryptionKeys } from './keys.ts';
import type { V1Limits } from './limits.ts';
import { openThrottle, type Throttle } from './throttle.ts';
import { openUnwrapper, type Unwrapper } from './unwrap/unwrapper.ts';

/** What the DocuSnap v1 protocol needs beside the ports of all. */
export interface DocuSnapV1 {
  readonly keys: EncryptionKeys;
  readonly limits: V1Limits;
  readonly throttle: Throttle;
  readonly room: BodyRoom;
  readonly unwrapper: Unwrapper;
  close(): Promise<void>;
}

export function openDocuSnapV1(keys: EncryptionKeys, limits: V1Limits): DocuSnapV1 {
  const unwrapper = openUnwrapper(keys);
  return {
    keys,
    limits,
    throttle: openThrottle(limits),
    room: openBodyRoom(limits),
    unwrapper,
    close: () => unwrapper.close(),
  };
}
