import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelFile } from '../models/files.ts';
import { findModelSet, type ModelFile, type ModelSet } from '../models/registry.ts';

/** For tests only: models that can be loaded in earnest, and are not those of the catalogue. */

/** ONNX's field for metadata (14) with a length before it, as protobuf writes it. */
const METADATA_TAG = (14 << 3) | 2;
const KEY_TAG = (1 << 3) | 2;
const VALUE_TAG = (2 << 3) | 2;

/** The model with one more entry in its metadata: protobuf takes repeated fields from wherever they stand. */
export function withMetadata(model: Uint8Array, key: string, value: string): Buffer {
  const entry = Buffer.concat([field(KEY_TAG, Buffer.from(key)), field(VALUE_TAG, Buffer.from(value))]);
  return Buffer.concat([model, field(METADATA_TAG, entry)]);
}

function field(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

/**
 * A set that reads as the default one does, and is another one for all who look at it: the recogniser's keys are in its metadata, as later
 * generations have them, so that its file and hash differ. The recogniser's file is written into the folder.
 */
export async function writeTwinSet(folder: string, name: string, url = 'http://localhost/'): Promise<ModelSet> {
  const set = findModelSet();
  const { recognition, alphabet } = set.files;
  const keys = alphabet === undefined ? '' : (await readModelFile(alphabet)).toString('utf8').trimEnd();
  const bytes = withMetadata(await readModelFile(recognition), 'character', keys);
  const twin: ModelFile = {
    name: `${name}_rec`,
    file: `${name}_rec.onnx`,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    from: { url: new URL(`${name}_rec.onnx`, url).href },
  };
  await writeFile(join(folder, twin.file), bytes);
  return { ...set, name, tried: false, files: { ...set.files, recognition: twin, alphabet: undefined } };
}
