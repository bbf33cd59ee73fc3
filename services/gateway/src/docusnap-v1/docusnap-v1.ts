import { type BodyRoom, openBodyRoom } from './body-room.ts';
import type { EncryptionKeys } from './keys.ts';
import type { V1Limits } from './limits.ts';
import { openThrottle, type Throttle } from './throttle.ts';
import { openUnwrapper, type Unwrapper } from './unwrap/unwrapper.ts';

/** What the DocuSnap v1 protocol needs beside the ports of all. */
export interface DocuSnapV1 {
  readonly keys: EncryptionKeys;
  /** From now on the first of these is offered, and all of them open. */
  changeKeys(next: EncryptionKeys): void;
  readonly limits: V1Limits;
  readonly throttle: Throttle;
  readonly room: BodyRoom;
  readonly unwrapper: Unwrapper;
  close(): Promise<void>;
}

export function openDocuSnapV1(keys: EncryptionKeys, limits: V1Limits): DocuSnapV1 {
  const unwrapper = openUnwrapper(keys);
  let inForce = keys;
  return {
    get keys() {
      return inForce;
    },
    changeKeys(next) {
      inForce = next;
      unwrapper.changeKeys(next);
    },
    limits,
    throttle: openThrottle(limits),
    room: openBodyRoom(limits),
    unwrapper,
    close: () => unwrapper.close(),
  };
}
