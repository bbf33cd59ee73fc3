import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { prepareZXingModule, type WriteInputBarcodeFormat, writeBarcode } from 'zxing-wasm/writer';

/** A code as an image with its quiet zone: black on white, `scale` pixels a module. The library's WebAssembly comes from its own package, not from a CDN. */
export async function drawBarcode(text: string, format: WriteInputBarcodeFormat, scale = 4): Promise<Buffer> {
  const wasmBinary = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'));
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasmBinary).buffer } });
  const { image, error } = await writeBarcode(text, { format, scale });
  if (image === null) throw new Error(`The code could not be drawn: ${error}`);
  return Buffer.from(await image.arrayBuffer());
}
