import { jobContext, pageContext, sealBytes, unwrapDataKey } from '@docusnap/blobs';
import {
  AppError,
  type Failure,
  type PageText,
  RENDITIONS,
  type Rendition,
  renditionKeyOf,
  type Unit,
} from '@docusnap/contracts';
import * as database from '@docusnap/db';
import type { TestGateway } from './test-gateway.ts';

/** A page whose lines are the words of `text`, one block. */
export function pageText(text: string): PageText {
  const quad: PageText['blocks'][number]['quad'] = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  const lines = text.split('\n').map((line) => ({
    text: line,
    quad,
    confidence: 1,
    words: [{ text: line, quad, confidence: 1 }],
  }));
  const model = { name: 'none', sha256: '0' };
  const models = { detection: model, orientation: model, recognition: model };
  return { width: 10, height: 10, source: 'ocr', blocks: text === '' ? [] : [{ quad, lines }], models };
}

/** What a worker would do, step by step. */
export interface TestWorker {
  claim(): Promise<Unit>;
  open(frames: number): Promise<Unit>;
  failOpen(failure: Failure): Promise<Unit>;
  read(text: string, found?: Pick<PageText, 'tables'>): Promise<Unit>;
  failRead(failure: Failure): Promise<Unit>;
  /** Stores these pictures as the page's images. */
  render(page: Unit, jpegs: Readonly<Record<Rendition, Buffer>>): Promise<void>;
}

export function openTestWorker({ worker, ports }: TestGateway): TestWorker {
  const claim = async (): Promise<Unit> => {
    const unit = await database.claimUnit(worker, { holder: 'test' });
    if (!unit) throw new Error('no unit waits');
    return unit;
  };
  const seal = (unit: Unit, text: string, found: object): Buffer =>
    sealBytes(
      unwrapDataKey(ports.masterKeys, unit.key, jobContext(unit.jobId)),
      pageContext(unit.jobId, unit.fileIndex, unit.fileFrame ?? 0),
      Buffer.from(JSON.stringify({ ...pageText(text), ...found })),
    );
  return {
    claim,
    open: async (frames) => {
      const unit = await claim();
      await database.saveOpenedFile(worker, unit, { frames });
      return unit;
    },
    failOpen: async (failure) => {
      const unit = await claim();
      await database.failFile(worker, unit, failure);
      return unit;
    },
    read: async (text, found = {}) => {
      const unit = await claim();
      await database.savePage(worker, unit, { sealed: seal(unit, text, found), stages: { read: 12 } });
      return unit;
    },
    failRead: async (failure) => {
      const unit = await claim();
      await database.failPage(worker, unit, failure);
      return unit;
    },
    render: async (unit, jpegs) => {
      const dataKey = unwrapDataKey(ports.masterKeys, unit.key, jobContext(unit.jobId));
      for (const rendition of RENDITIONS) {
        const key = renditionKeyOf(unit.jobId, unit.fileIndex, unit.fileFrame ?? 0, rendition);
        await ports.blobs.put(key, dataKey, once(jpegs[rendition]));
      }
      await database.markRenditions(worker, unit, 'made');
    },
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

export function failure(code: ConstructorParameters<typeof AppError>[0]): Failure {
  return new AppError(code).toFailure();
}
