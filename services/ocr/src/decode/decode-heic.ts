import { AppError } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import type { DecodeOptions } from './picture.ts';

/** Brands of HEIF files whose pictures are coded as HEVC, which sharp's libvips comes without. */
const HEVC_BRANDS: ReadonlySet<string> = new Set(['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs']);
/** Brands of any HEIF; AVIF files may have them too, and then name their own as well. */
const AV1_BRANDS: ReadonlySet<string> = new Set(['avif', 'avis']);

/** Whether a file is HEIF with HEVC in it, by the brands in its first box. */
export function isHeic(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4_096));
  if (head.length < 16 || head.toString('latin1', 4, 8) !== 'ftyp') return false;
  const end = Math.min(head.length, head.readUInt32BE(0));
  const brands = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.toString('latin1', at, at + 4));
  return brands.some((brand) => HEVC_BRANDS.has(brand)) && !brands.some((brand) => AV1_BRANDS.has(brand));
}

/** What of libheif (in WebAssembly) is used. */
interface Libheif {
  readonly HeifDecoder: new () => { decode(bytes: Uint8Array): HeifImage[]; readonly decoder: object | null };
  heif_context_free(context: object): void;
}
interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(target: HeifPixels, done: (pixels: HeifPixels | null) => void): void;
  free(): void;
}
interface HeifPixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture of a HEIC file that its camera meant, upright, on white. The size is known before anything is decoded.
 *
 * @throws AppError `file_undecodable`, `too_many_pixels`, `internal` where libheif broke
 */
export async function decodeHeic(bytes: Uint8Array, { maxPixels }: DecodeOptions): Promise<Raster> {
  const { images, close } = await openHeic(bytes).catch(brokenLibrary);
  try {
    const image = images.find((one) => one.is_primary()) ?? images[0];
    if (!image) throw new AppError('file_undecodable');
    const [width, height] = [image.get_width(), image.get_height()];
    if (width * height > maxPixels) {
      throw new AppError('too_many_pixels', `It has ${width} x ${height}; the limit is ${maxPixels} in all.`);
    }
    const pixels = await new Promise<HeifPixels | null>((resolve) => {
      image.display({ data: new Uint8ClampedArray(width * height * 4), width, height }, resolve);
    });
    if (!pixels) throw new AppError('file_undecodable');
    return onWhite(pixels);
  } catch (error) {
    return brokenLibrary(error);
  } finally {
    close();
  }
}

/** A library that ran into a trap is in no known state, and there is one for all files of this reader, which had better be replaced. */
function brokenLibrary(error: unknown): never {
  throw error instanceof WebAssembly.RuntimeError ? new AppError('internal', undefined, { cause: error }) : error;
}

/** libheif is loaded with the first HEIC: it is 1.4 MB of code that most readers never need. `close` frees all it took for the file. */
async function openHeic(bytes: Uint8Array): Promise<{ images: HeifImage[]; close: () => void }> {
  const { default: loaded } = await import('libheif-js/wasm-bundle.js');
  const libheif = loaded as Libheif;
  const decoder = new libheif.HeifDecoder();
  const images = decoder.decode(bytes);
  const close = (): void => {
    for (const image of images) image.free();
    // Else it would keep the whole file in its memory: it lets go of one only when the same decoder gets another.
    if (decoder.decoder) libheif.heif_context_free(decoder.decoder);
  };
  return { images, close };
}

function onWhite({ data, width, height }: HeifPixels): Raster {
  const out = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
    const alpha = data[from + 3]!;
    for (let c = 0; c < 3; c += 1) out[to + c] = 255 - Math.round(((255 - data[from + c]!) * alpha) / 255);
  }
  return { width, height, channels: 3, data: out };
}
