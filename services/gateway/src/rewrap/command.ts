import { type MasterKeys, newMasterKey } from '@docusnap/blobs';
import { countWrappedKeys, type Database } from '@docusnap/db';
import { rewrapAll } from './rewrap.ts';

export interface RewrapPorts {
  /** As docusnap_worker. */
  readonly db: Database;
  readonly masterKeys: MasterKeys;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

export const USAGE = `Usage: npm run keys -- COMMAND
  new ID    prints a new master key, to be put before the others in MASTER_KEY
  status    how many data keys are wrapped under each master key
  rotate    wraps every data key under the first key of MASTER_KEY; nothing that they sealed is touched`;

/** `new ID`, which needs nothing. Throws MasterKeyError where the id is none. */
export function printNewKey(id: string, print: (line: string) => void): number {
  print(newMasterKey(id));
  return 0;
}

/** Whether no data key is wrapped under any other than the current master key; 0 then, else 1. */
export async function showStatus({ db, masterKeys, print }: RewrapPorts): Promise<number> {
  const { currentId, byId } = masterKeys;
  const counts = new Map([...byId.keys()].map((id) => [id, 0]));
  for (const { masterKeyId, count } of await countWrappedKeys(db)) {
    counts.set(masterKeyId, (counts.get(masterKeyId) ?? 0) + count);
  }
  for (const [id, count] of counts) {
    const what = id === currentId ? 'the current one' : byId.has(id) ? 'an old one' : 'NOT in MASTER_KEY';
    print(`${count} data keys under "${id}", ${what}`);
  }
  const old = [...counts].filter(([id]) => id !== currentId);
  const left = old.reduce((sum, [, count]) => sum + count, 0);
  if (left > 0) {
    print(`${left} are left: no old key may be removed from MASTER_KEY yet.`);
    return 1;
  }
  if (old.length === 0) print('There is no old key.');
  else {
    const names = old.map(([id]) => `"${id}"`).join(', ');
    print(
      `None is left under ${names}: it may be removed from MASTER_KEY where every service was started with "${currentId}" first.`,
    );
  }
  return 0;
}

/** Wraps anew, then shows what is left; 0 when nothing is. */
export async function rotate(ports: RewrapPorts): Promise<number> {
  const { db, masterKeys, print, signal } = ports;
  let shown = 0;
  const onProgress = (done: number): void => {
    if (done - shown < 10_000) return;
    shown = done;
    print(`${done} wrapped anew`);
  };
  const { done, failed } = await rewrapAll(db, masterKeys, { onProgress, signal });
  print(`${done} data keys were wrapped anew, under "${masterKeys.currentId}"`);
  for (const [reason, count] of failed) print(`${count} could not be: ${reason}`);
  return showStatus(ports);
}
