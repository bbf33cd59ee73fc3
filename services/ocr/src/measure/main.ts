import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { type Contender, type PageFile, readPixels, serveContender, writePage } from '@docusnap/bench/contender';
import { LIMITS, linesOf } from '@docusnap/contracts';
import { type Raster, type ReadOptions, readPage } from '@docusnap/engine';
import { decodeFrame } from '../decode/decode-frame.ts';
import { loadModels } from '../models/load.ts';
import { lanesFor } from '../models/spread-session.ts';
import { letHeapGrow } from '../reader/heap.ts';
import { watchSessions } from './sessions.ts';
import { turnRaster } from './turn.ts';

/**
 * Reads pages for the benchmarks, with the models and the decoder of the service and nothing else of it: no database, no queue. Started by
 * packages/bench, which as a package imports no service.
 */
async function open(): Promise<Contender> {
  const { values } = parseArgs({
    options: { setting: { type: 'string', default: 'accurate' }, threads: { type: 'string', default: '1' } },
  });
  letHeapGrow();
  const inference = watchSessions();
  const { models } = await loadModels();
  const { setting } = values;
  if (setting !== 'accurate' && setting !== 'fast') throw new Error(`There is no setting "${setting}".`);
  const options: ReadOptions & { setting: 'accurate' | 'fast' } = { setting, lanes: lanesFor(Number(values.threads)) };
  return {
    inference,
    async decode({ image, turn, path }) {
      const raster = await decodeFrame(await readFile(image), 0, { maxPixels: LIMITS.pagePixels });
      return writePage(path, await turnRaster(raster, turn));
    },
    async readWhole(page: PageFile) {
      return readPage(models, await readPixels(page), options);
    },
    async load(page: PageFile) {
      const raster: Raster = await readPixels(page);
      return async () =>
        linesOf(await readPage(models, raster, options)).map(({ text, quad, confidence }) => ({
          text,
          polygon: quad,
          confidence,
        }));
    },
  };
}

await serveContender(open);
