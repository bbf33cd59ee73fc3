import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Barcode, Quad } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { prepareZXingModule, purgeZXingModule, type ReadResult, readBarcodes as search } from 'zxing-wasm/reader';

/** Pixels of a page that are searched at most, in a copy of a byte each: what is larger is searched smaller, which bounds time and memory. */
const MOST_PIXELS = 24_000_000;
/** Codes of one page at most: a sheet of labels has some hundred, and each is searched for in turn. */
const MOST_CODES = 255;

/**
 * The barcodes and QR codes of a page, each with what it says, from top to bottom.
 *
 * @throws Error where the library breaks; it is loaded anew for the next page
 */
export async function readBarcodes(page: Raster): Promise<Barcode[]> {
  await load();
  const factor = Math.max(1, Math.ceil(Math.sqrt((page.width * page.height) / MOST_PIXELS)));
  let found: ReadResult[];
  try {
    found = await search(greyMap(page, factor), { tryHarder: true, maxNumberOfSymbols: MOST_CODES });
  } catch (error) {
    purgeZXingModule();
    loaded = undefined;
    throw new Error('The library that reads barcodes broke.', { cause: error });
  }
  return found
    .filter(({ isValid, text }) => isValid && text !== '')
    .map(({ format, text, position }) => ({ format, text, quad: quadOf(position, factor) }))
    .sort((a, b) => a.quad[0][1] - b.quad[0][1] || a.quad[0][0] - b.quad[0][0]);
}

let loaded: Promise<unknown> | undefined;

/** The library's WebAssembly, from its own package: left alone it would fetch that from a CDN. Only once a page asks for it: 1 MB, some 20 ms. */
function load(): Promise<unknown> {
  loaded ??= (async () => {
    const wasmBinary = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
    await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer }, fireImmediately: true });
  })();
  return loaded;
}

/** The page as a grey PGM, every `factor`th pixel in both directions: a byte a pixel, where raw pixels would be taken with four. */
function greyMap({ width, height, channels, data }: Raster, factor: number): Uint8Array {
  const [across, down] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const head = Buffer.from(`P5 ${across} ${down} 255\n`, 'latin1');
  const map = new Uint8Array(head.length + across * down);
  map.set(head);
  let to = head.length;
  for (let y = 0; y < height; y += factor) {
    let at = y * width * channels;
    for (let x = 0; x < width; x += factor) {
      // Green says most of how light a colour is.
      map[to] = channels === 1 ? data[at]! : (data[at]! + 2 * data[at + 1]! + data[at + 2]!) >> 2;
      to += 1;
      at += factor * channels;
    }
  }
  return map;
}

function quadOf({ topLeft, topRight, bottomRight, bottomLeft }: ReadResult['position'], factor: number): Quad {
  const at = ({ x, y }: { x: number; y: number }): [number, number] => [x * factor, y * factor];
  return [at(topLeft), at(topRight), at(bottomRight), at(bottomLeft)];
}
