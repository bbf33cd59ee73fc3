import { erase, openClient, submit, waitForEnd } from '../client.ts';
import { type Figure, figure, median } from '../report.ts';
import { peakFigures } from '../soak/figures.ts';
import { findProcess } from '../soak/resident.ts';
import { watchMemory } from '../soak/watch.ts';
import type { RunningSystem } from '../system.ts';
import { type PageImage, repeated } from './page-images.ts';
import { scannedPdf } from './pdfs.ts';
import { OCR_SCRIPT, onSystem, readImage, type Setting, UNCACHED } from './setting.ts';

/** Share of the pages/s of single images that the pages of one PDF have to reach. */
const LEAST_RATIO = 0.9;
/** Jobs of one image in hand at once for each reader: one being read, one waiting, so that no reader is idle. */
const IN_HAND = 2;

/** A long scanned PDF against the same pages as jobs of one image each: pages read, memory of the ocr service, pages/s. */
export function measureScanned(setting: Setting): Promise<Figure[]> {
  return onSystem(setting, async (system) => {
    const pages = repeated(setting.images, setting.pages);
    const pdf = scannedPdf(pages);
    console.error(`scanned: a PDF of ${pages.length} pages, ${(pdf.length / 2 ** 20).toFixed(1)} MiB`);
    // Caches, compiled code and connections of both ways.
    await readSingly(system, setting.images.slice(0, setting.readers), setting);
    await readPdf(system, scannedPdf(setting.images.slice(0, setting.readers)));

    const watch = watchMemory(findProcess(system.pid, OCR_SCRIPT));
    const half = Math.ceil(pages.length / 2);
    // One half before and one behind, so that what the machine does meanwhile falls on both ways alike.
    const before = await readSingly(system, pages.slice(0, half), setting);
    const document = await readPdf(system, pdf);
    const behind = await readSingly(system, pages.slice(half), setting);
    const looks = watch.end();

    const singly = pages.length / (before.seconds + behind.seconds);
    const rate = pages.length / document.seconds;
    return [
      figure('scanned: pages read', 'pages', document.done, [document.done], { atLeast: pages.length }),
      figure('scanned: pages/s of single images', 'pages/s', singly, [before.seconds, behind.seconds]),
      figure('scanned: pages/s of the PDF', 'pages/s', rate, [document.seconds]),
      figure('scanned: PDF against single images', '', rate / singly, [rate, singly], { atLeast: LEAST_RATIO }),
      ...peakFigures('scanned', looks),
      figure('scanned: processes, median', '', median(looks.map(({ processes }) => processes)), []),
    ];
  });
}

async function readSingly(system: RunningSystem, images: readonly PageImage[], { readers }: Setting) {
  const started = performance.now();
  const waiting = [...images];
  const lane = async (): Promise<void> => {
    for (let image = waiting.shift(); image; image = waiting.shift()) await readImage(system, image);
  };
  await Promise.all(Array.from({ length: readers * IN_HAND }, lane));
  return { seconds: (performance.now() - started) / 1_000 };
}

async function readPdf(system: RunningSystem, pdf: Buffer) {
  const client = openClient(system.url, system.key);
  try {
    const started = performance.now();
    const { job } = await submit(client, 'scanned.pdf', pdf, UNCACHED);
    const ended = await waitForEnd(client, job.id);
    const seconds = (performance.now() - started) / 1_000;
    await erase(client, job.id);
    return { seconds, done: ended.pages_done };
  } finally {
    client.agent.destroy();
  }
}
