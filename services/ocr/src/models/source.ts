import { AppError } from '@docusnap/contracts';
import type { Provider } from '../provider.ts';
import { keysIn } from './alphabet.ts';
import { readModelFile } from './files.ts';
import { readMetadata } from './onnx/metadata.ts';
import { measurePrecision, type Precision } from './onnx/precision.ts';
import { quantiseModel } from './onnx/quantise.ts';
import { type Ranges, rangesOf } from './onnx/ranges.ts';
import { rewriteModel } from './onnx/rewrite.ts';
import type { ModelFile, ModelSet } from './registry.ts';

/** Where RapidOCR's conversions of recognisers keep their keys, a line each. */
const KEYS_ENTRY = 'character';

export interface SourceOptions {
  /** A folder that is searched for the set's files before their npm package is. */
  readonly folder?: string | undefined;
  readonly provider: Provider;
  /** What a recogniser computes with where it can; without it what a measurement on this machine prefers. */
  readonly precision?: Precision | undefined;
}

/** What a session is to be opened with, and what its wide products are then computed with. */
export interface ModelSource {
  readonly precision: Precision;
  /** The bytes, made again for each call, so that they need not be kept. Throws AppError `models_unavailable`. */
  bytes(): Promise<Uint8Array>;
}

/** The source of a set's model: its published file, rewritten, and on integers where that is a recogniser's better form here. */
export async function sourceOf(set: ModelSet, file: ModelFile, options: SourceOptions): Promise<ModelSource> {
  const rewritten = async () => rewriteModel(await readModelFile(file, options.folder));
  const ranges = file === set.files.recognition ? await rangesFor(file, options) : undefined;
  if (ranges === undefined) return { precision: 'float32', bytes: rewritten };
  return { precision: 'int8', bytes: async () => quantiseModel(await rewritten(), ranges) };
}

/** What to compute a recogniser on integers with; undefined where it is to be computed in floats. Other providers have ways of their own. */
async function rangesFor({ sha256 }: ModelFile, { provider, precision }: SourceOptions): Promise<Ranges | undefined> {
  const ranges = provider === 'cpu' ? rangesOf(sha256) : undefined;
  if (ranges === undefined) return undefined;
  return (precision ?? (await measurePrecision())) === 'int8' ? ranges : undefined;
}

/**
 * The keys of a set: from its file of keys where it has one, else from what the recogniser's file says of itself.
 *
 * @throws AppError `models_unavailable`
 */
export async function readKeys({ name, files }: ModelSet, folder: string | undefined): Promise<string[]> {
  if (files.alphabet !== undefined) return keysIn((await readModelFile(files.alphabet, folder)).toString('utf8'));
  const keys = readMetadata(await readModelFile(files.recognition, folder)).get(KEYS_ENTRY);
  if (keys === undefined) {
    const metadata = `the metadata of ${files.recognition.file} have no "${KEYS_ENTRY}"`;
    throw new AppError('models_unavailable', `The set "${name}" has no alphabet: it names no file, and ${metadata}.`);
  }
  return keysIn(keys);
}

/** What results say of the models that read them. */
export function versionsOf({ files }: ModelSet, precision: Precision) {
  const versionOf = ({ name, sha256 }: ModelFile) => ({ name, sha256 });
  return {
    detection: versionOf(files.detection),
    orientation: versionOf(files.orientation),
    recognition: { ...versionOf(files.recognition), precision },
  };
}
