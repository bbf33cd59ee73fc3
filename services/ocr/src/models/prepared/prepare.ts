import { rangesOf } from '../onnx/ranges.ts';
import { findModelSet, type ModelFile, type ModelSet, openRegistry, type Registry } from '../registry.ts';
import { type ModelSource, readKeys, type SourceOptions, sourceOf, versionsOf } from '../source.ts';
import { type PreparedFile, type PreparedSet, writeManifest, writePrepared } from './manifest.ts';

export interface PrepareOptions extends SourceOptions {
  readonly registry?: Registry;
}

/**
 * Writes what readers load of these sets into an empty folder: models checked, rewritten and in the form that this machine's processor prefers,
 * which is measured once, and not by each reader beside others that do the same. What sets share is written once.
 *
 * @throws AppError `models_unavailable` for missing or damaged files
 */
export async function prepareModels(folder: string, names: readonly string[], options: PrepareOptions): Promise<void> {
  const registry = options.registry ?? openRegistry();
  const written = new Map<string, { file: PreparedFile; source: ModelSource }>();
  const write = async (set: ModelSet, file: ModelFile) => {
    const source = await sourceOf(set, file, options);
    const known = written.get(file.sha256) ?? {
      file: await writePrepared(folder, `${file.sha256}.onnx`, await source.bytes()),
      source,
    };
    written.set(file.sha256, known);
    return known;
  };
  const prepare = async (name: string): Promise<PreparedSet> => {
    const set = findModelSet(name, registry);
    const recognition = await write(set, set.files.recognition);
    const keys = (await readKeys(set, options.folder)).map((key) => `${key}\n`).join('');
    return {
      name: set.name,
      versions: versionsOf(set, recognition.source.precision),
      files: {
        detection: (await write(set, set.files.detection)).file,
        orientation: (await write(set, set.files.orientation)).file,
        recognition: recognition.file,
        keys: await writePrepared(folder, `${set.name}.keys`, Buffer.from(keys)),
      },
    };
  };
  const sets: PreparedSet[] = [];
  for (const name of names) sets.push(await prepare(name));
  const isSettled = sets.every(({ versions: { recognition } }) => {
    const wasMeasured = options.provider === 'cpu' && rangesOf(recognition.sha256) !== undefined;
    return !wasMeasured || recognition.precision === 'int8';
  });
  await writeManifest(folder, { sets, isSettled });
}
