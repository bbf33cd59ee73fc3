import Ocr from '@gutenye/ocr-node';
import { InferenceSession } from 'onnxruntime-node';
import type { PageFile } from '../contender/messages.ts';
import { inColour, readPixels, tiffHeader } from '../contender/page-file.ts';
import { serveContender } from '../contender/serve.ts';
import { clockOf, threadsAsked } from './onnxruntime.ts';

/**
 * @gutenye/ocr-node as its README says. It takes what sharp opens, a path or bytes, and no pixels: so it gets an uncompressed TIFF in
 * memory, in colour, since it takes grey for something else.
 */
async function open() {
  const threads = threadsAsked();
  const ocr = await Ocr.create(threads === null ? {} : { onnxOptions: { intraOpNumThreads: threads } });
  return {
    inference: clockOf(InferenceSession),
    async load(page: PageFile) {
      const pixels = await readPixels(page);
      const image = Buffer.concat([tiffHeader({ ...pixels, channels: 3 }), inColour(pixels, 3)]);
      return async () => (await ocr.detect(image)).map(({ text }) => ({ text }));
    },
  };
}

await serveContender(open);
