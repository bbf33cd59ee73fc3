import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { openV1Stage, type V1Stage } from '../../../../services/gateway/src/docusnap-v1/test-stage.ts';
import { png } from '../../../../services/gateway/src/test-pictures.ts';

/** What stands on every page. */
export const LETTER = 'RENTAL AGREEMENT\nTenant: Jane Roe\nTotal: 120.50';

/** A real gateway and database; what waits is read and understood beside it, each page with the same text. For tests. */
export interface TestSystem {
  readonly url: string;
  readonly key: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Stops reading, or goes on. */
  setReading(on: boolean): void;
  jobCount(): Promise<number>;
  close(): Promise<void>;
}

const LOOK_MS = 20;

export async function openTestSystem(): Promise<TestSystem> {
  const stage = await openV1Stage();
  const { url } = await stage.start();
  const key = stage.base.key;
  const state = { reading: true, closed: false };
  const loop = work(stage, state);
  return {
    url,
    key,
    environment: { DOCUSNAP_URL: url, DOCUSNAP_API_KEY: key },
    setReading: (on) => {
      state.reading = on;
    },
    jobCount: async () => Number((await stage.sql<{ n: string }>('SELECT count(*) AS n FROM jobs'))[0]!.n),
    close: async () => {
      state.closed = true;
      await loop;
      await stage.close();
    },
  };
}

async function work(stage: V1Stage, state: { readonly reading: boolean; readonly closed: boolean }): Promise<void> {
  while (!state.closed) {
    if (state.reading) {
      await stage.readPages(...Array.from({ length: 100 }, () => LETTER));
      await stage.understand();
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

export interface Desk extends TemporaryFolder {
  at(...names: string[]): string;
  /** Pictures of other widths have other bytes. */
  picture(name: string, width: number): Promise<void>;
}

/** A folder with files to be read. */
export async function openDesk(): Promise<Desk> {
  const folder = await temporaryFolder('command');
  const at = (...names: string[]): string => join(folder.path, ...names);
  return { ...folder, at, picture: (name, width) => writeFile(at(name), png({ width })) };
}
