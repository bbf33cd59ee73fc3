import type { MasterKeys } from './master-keys.ts';

export interface ChangeableKeys {
  /** For everybody who wraps and unwraps: what is asked of them is answered by the keys that are in force then. */
  readonly keys: MasterKeys;
  change(next: MasterKeys): void;
}

/** Master keys that may be changed while the process runs: a new one put first, an old one left out. */
export function openChangeableKeys(first: MasterKeys): ChangeableKeys {
  let inForce = first;
  return {
    keys: {
      get currentId() {
        return inForce.currentId;
      },
      get byId() {
        return inForce.byId;
      },
    },
    change(next) {
      inForce = next;
    },
  };
}
