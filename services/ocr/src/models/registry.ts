import { AppError, ModelSetName } from '@docusnap/contracts';
import { z } from 'zod';
import catalogue from '../../models.json' with { type: 'json' };

const ModelFile = z.strictObject({
  /** Name in the catalogue; results carry it. */
  name: z.string().min(1),
  /** What the file is called, in its npm package and in a folder of models alike. */
  file: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'a file name without folders'),
  /** Missing where nobody published it and the file was never here. */
  bytes: z.int().positive().optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'),
  /** An npm package that is installed with the service, or an address to be fetched from by command. */
  from: z.union([z.strictObject({ package: z.string() }), z.strictObject({ url: z.url({ protocol: /^https?$/ }) })]),
});
export type ModelFile = z.infer<typeof ModelFile>;

const Shelved = z.strictObject({
  name: ModelSetName,
  generation: z.string(),
  tier: z.string(),
  /** BCP 47. */
  languages: z.array(z.string()).min(1),
  /** Of the models; the package that carries them has its own. */
  licence: z.string(),
  /**
   * False: the files were never downloaded here, so nothing of them is tried. Assumed is then what their publishers say of all PP-OCR models
   * since version 3: detection and recognition take what those of PP-OCRv4 take (detection [1, 3, H, W], ImageNet's means and deviations;
   * recognition [1, 3, 48, W], -1..1, a time step for every 8 columns), the recogniser gives probabilities, and its ONNX metadata hold the
   * alphabet. The classifier of PP-OCRv4 is used with all of them, as RapidOCR does: later ones take 80x160.
   */
  tried: z.boolean(),
  /** Names of files; without an alphabet the recogniser's own metadata hold it. */
  files: z.strictObject({
    detection: z.string(),
    orientation: z.string(),
    recognition: z.string(),
    alphabet: z.string().optional(),
  }),
});

const Catalogue = z.strictObject({
  default: z.string(),
  packages: z.array(z.strictObject({ name: z.string(), version: z.string(), licence: z.string() })),
  sets: z.array(Shelved).min(1),
  files: z.array(ModelFile).min(1),
});

/** Models that read a page together. */
export interface ModelSet extends Omit<z.infer<typeof Shelved>, 'files'> {
  readonly files: {
    readonly detection: ModelFile;
    readonly orientation: ModelFile;
    readonly recognition: ModelFile;
    readonly alphabet?: ModelFile | undefined;
  };
}

/** The sets there are, installed or not; the first is the default. */
export type Registry = readonly ModelSet[];

/** Name of the set that is read with where nothing else is said. */
export const DEFAULT_SET: string = catalogue.default;

/** The registry that a catalogue describes, by default models.json. Throws what zod throws, and AppError `models_unavailable`, on a faulty one. */
export function openRegistry(from: unknown = catalogue): Registry {
  const { default: first, sets, files } = Catalogue.parse(from);
  const fileOf = (name: string): ModelFile => {
    const found = files.find((file) => file.name === name);
    if (found === undefined) throw new AppError('models_unavailable', `The catalogue has no file named "${name}".`);
    return found;
  };
  const resolved = sets.map(
    ({ files: { detection, orientation, recognition, alphabet }, ...set }): ModelSet => ({
      ...set,
      files: {
        detection: fileOf(detection),
        orientation: fileOf(orientation),
        recognition: fileOf(recognition),
        alphabet: alphabet === undefined ? undefined : fileOf(alphabet),
      },
    }),
  );
  const defaultSet = findModelSet(first, resolved);
  return [defaultSet, ...resolved.filter((set) => set !== defaultSet)];
}

/**
 * A set of models by its name; without a name the default set.
 *
 * @throws AppError `models_unavailable` when there is none of that name
 */
export function findModelSet(name?: string, registry: Registry = openRegistry()): ModelSet {
  const found = name === undefined ? registry[0] : registry.find((set) => set.name === name);
  if (found === undefined) {
    const names = registry.map((set) => set.name).join(', ');
    throw new AppError('models_unavailable', `There is no set of models named "${name}"; there are: ${names}.`);
  }
  return found;
}

/** The files of a set, of each of several sets once. */
export function filesOf(...sets: readonly ModelSet[]): ModelFile[] {
  const files = sets.flatMap((set) => Object.values(set.files).filter((file) => file !== undefined));
  return [...new Map(files.map((file) => [file.name, file])).values()];
}
