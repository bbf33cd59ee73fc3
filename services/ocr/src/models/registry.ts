import { AppError } from '@docusnap/contracts';
import { z } from 'zod';
import registry from '../../models.json' with { type: 'json' };

const ModelFile = z.strictObject({
  /** Name in the catalogue; results carry it. */
  name: z.string().min(1),
  file: z.string().regex(/^[^/\\]+$/, 'a file name without folders'),
  bytes: z.int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'),
});
export type ModelFile = z.infer<typeof ModelFile>;

const ModelSet = z.strictObject({
  name: z.string().min(1),
  generation: z.string(),
  tier: z.string(),
  languages: z.array(z.string()).min(1),
  /** Of the models; the package that carries them has its own. */
  licence: z.string(),
  package: z.strictObject({ name: z.string(), version: z.string(), licence: z.string() }),
  files: z.strictObject({
    detection: ModelFile,
    orientation: ModelFile,
    recognition: ModelFile,
    alphabet: ModelFile,
  }),
});
export type ModelSet = z.infer<typeof ModelSet>;

const Registry = z.strictObject({ default: z.string(), sets: z.array(ModelSet).min(1) });

/**
 * A set of models by its name in models.json; without a name the default set.
 *
 * @throws AppError `models_unavailable` when there is none of that name
 */
export function findModelSet(name?: string): ModelSet {
  const { default: defaultName, sets } = Registry.parse(registry);
  const wanted = name ?? defaultName;
  const found = sets.find((set) => set.name === wanted);
  if (found === undefined) {
    throw new AppError('models_unavailable', `There is no set named "${wanted}" in models.json.`);
  }
  return found;
}
