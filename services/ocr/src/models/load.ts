import { AppError } from '@docusnap/contracts';
import type { Models, Session } from '@docusnap/engine';
import type { Provider } from '../provider.ts';
import { alphabetOf, keysIn } from './alphabet.ts';
import { readModelFile } from './files.ts';
import { readMetadata } from './onnx/metadata.ts';
import { measurePrecision, type Precision } from './onnx/precision.ts';
import { quantiseModel } from './onnx/quantise.ts';
import { rangesOf } from './onnx/ranges.ts';
import { rewriteModel } from './onnx/rewrite.ts';
import { findModelSet, type ModelFile, type ModelSet, openRegistry, type Registry } from './registry.ts';
import { openSession } from './session.ts';
import { openSpreadSession } from './spread-session.ts';

/** Where RapidOCR's conversions of recognisers keep their keys, a line each. */
const KEYS_ENTRY = 'character';

/** A session, and what its wide products are computed with. */
export interface OpenedSession extends Session {
  readonly precision: Precision;
}

export interface LoadOptions {
  /** A folder that is searched for the set's files before their npm package is. */
  readonly folder?: string | undefined;
  readonly provider?: Provider;
  /** Name of the set; without it the default set. */
  readonly set?: string;
  readonly registry?: Registry;
  /** Sessions that are open already, by the SHA-256 of their model: sets share files, and so need not share them twice over in memory. */
  readonly opened?: Map<string, OpenedSession>;
  /** What the recogniser computes with where it can; without it what a measurement on this machine prefers. */
  readonly precision?: Precision | undefined;
}

/** Models ready to read with, the set's name, the provider they really run on, and what the recogniser really computes with. */
export interface LoadedModels {
  readonly models: Models;
  readonly set: string;
  readonly provider: Provider;
  readonly precision: Precision;
}

/**
 * Loads a set of models once each file is proven to be the one in the registry.
 *
 * @throws AppError `models_unavailable` for missing, damaged or unfitting files; `provider_unavailable` when the provider cannot be loaded
 */
export async function loadModels(options: LoadOptions = {}): Promise<LoadedModels> {
  const { folder, provider = 'cpu', registry = openRegistry(), opened = new Map() } = options;
  const set = findModelSet(options.set, registry);
  const { detection, orientation, recognition } = set.files;
  const open = async (file: ModelFile) => {
    const rewritten = async () => rewriteModel(await readModelFile(file, folder));
    const start = async (): Promise<OpenedSession> => {
      if (file !== recognition) {
        return { ...(await openSession(await rewritten(), file.name, provider)), precision: 'float32' };
      }
      const ranges = await rangesFor(file, provider, options.precision);
      const prepared = async () => (ranges ? quantiseModel(await rewritten(), ranges) : rewritten());
      const spread = await openSpreadSession(prepared, { name: file.name, provider });
      return { ...spread, precision: ranges ? 'int8' : 'float32' };
    };
    const session = opened.get(file.sha256) ?? (await start());
    opened.set(file.sha256, session);
    return session;
  };
  const recogniser = await open(recognition);
  const models: Models = {
    detection: await open(detection),
    orientation: await open(orientation),
    recognition: recogniser,
    alphabet: alphabetOf(await readKeys(set, folder), await classesOf(recogniser)),
    versions: {
      detection: versionOf(detection),
      orientation: versionOf(orientation),
      recognition: versionOf(recognition),
    },
  };
  return { models, set: set.name, provider, precision: recogniser.precision };
}

/** What to compute a recogniser on integers with; undefined where it is to be computed in floats. Other providers have ways of their own. */
async function rangesFor({ sha256 }: ModelFile, provider: Provider, wanted: Precision | undefined) {
  const ranges = provider === 'cpu' ? rangesOf(sha256) : undefined;
  if (ranges === undefined) return undefined;
  return (wanted ?? (await measurePrecision())) === 'int8' ? ranges : undefined;
}

/** From the set's file of keys where it has one, else from what the recogniser's file says of itself. */
async function readKeys({ name, files }: ModelSet, folder: string | undefined): Promise<string[]> {
  if (files.alphabet !== undefined) return keysIn((await readModelFile(files.alphabet, folder)).toString('utf8'));
  const keys = readMetadata(await readModelFile(files.recognition, folder)).get(KEYS_ENTRY);
  if (keys === undefined) {
    const metadata = `the metadata of ${files.recognition.file} have no "${KEYS_ENTRY}"`;
    throw new AppError('models_unavailable', `The set "${name}" has no alphabet: it names no file, and ${metadata}.`);
  }
  return keysIn(keys);
}

function versionOf({ name, sha256 }: ModelFile) {
  return { name, sha256 };
}

/** How many classes the recogniser gives: asked with an empty line, which also proves that it runs where it was loaded. */
async function classesOf(recogniser: Models['recognition']): Promise<number> {
  const [input = ''] = recogniser.inputNames;
  const outputs = await recogniser.run({ [input]: { data: new Float32Array(3 * 48 * 32), dims: [1, 3, 48, 32] } });
  const classes = outputs[recogniser.outputNames[0] ?? '']?.dims[2];
  if (classes === undefined) {
    throw new AppError('models_unavailable', 'The recogniser does not give classes by steps.');
  }
  return classes;
}
