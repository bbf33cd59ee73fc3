import { DocuSnapError } from '../errors.ts';
import type { ExtractedField, Job, Understanding } from '../generated/api.ts';
import type { Http } from '../http/http.ts';
import type { FileInput } from '../input/file-input.ts';
import { orThrow } from '../jobs/ended.ts';
import { result } from '../jobs/result.ts';
import { type SubmitOptions, submit } from '../jobs/submit.ts';
import { type WaitOptions, wait } from '../jobs/wait.ts';
import { askedSchema } from './asked-schema.ts';
import { assemble } from './assemble.ts';
import { check, type Issue } from './check.ts';
import type { Wanted, WantedSchema } from './schemas.ts';

type Leaf = string | number | bigint | boolean | null | undefined | Date;

/** The proofs of an object's values, in its own form; none where nothing was found. */
export type Proofs<Type> = unknown extends Type
  ? unknown
  : [Type] extends [Leaf]
    ? ExtractedField | undefined
    : NonNullable<Type> extends readonly (infer Item)[]
      ? readonly Proofs<Item>[]
      : { readonly [Name in keyof NonNullable<Type>]-?: Proofs<NonNullable<Type>[Name]> };

/** What was found where something is missing or wrong: each part may be absent. */
export type Found<Type> = unknown extends Type
  ? unknown
  : Type extends Leaf
    ? Type | null
    : Type extends readonly (infer Item)[]
      ? Found<Item>[]
      : { [Name in keyof Type]?: Found<Type[Name]> | null };

interface Extracted<Type> {
  /** What proves each value: page, words, quote; `grounded` says whether any page does. */
  readonly proofs: Proofs<Type>;
  /** The same by paths: "items.0.price". */
  readonly fields: Readonly<Record<string, ExtractedField>>;
  /** What is wrong with single values, by the server and by your schema. */
  readonly issues: readonly Issue[];
  readonly understanding: Understanding;
  readonly job: Job;
}

/** `ok`: `data` is what your schema describes, of a JSON Schema as far as the keywords go that the README names. Else it is what was found of it. */
export type Extraction<Type> =
  | ({ readonly ok: true; readonly data: Type } & Extracted<Type>)
  | ({ readonly ok: false; readonly data: Found<Type> } & Extracted<Type>);

export type ExtractOptions = Omit<SubmitOptions, 'task' | 'schema' | 'labels' | 'form'> & Pick<WaitOptions, 'onChange'>;

/**
 * Reads files and finds the fields of a schema in them, each with its proof. Throws DocuSnapError where nothing was read, or nothing understood.
 */
export async function extract<const Schema extends WantedSchema>(
  http: Http,
  files: FileInput | readonly FileInput[],
  schema: Schema,
  { onChange, ...options }: ExtractOptions = {},
): Promise<Extraction<Wanted<Schema>>> {
  const asked = askedSchema(schema);
  const submitted = await submit(http, files, {
    ...options,
    task: 'extract',
    schema: asked as SubmitOptions['schema'],
  });
  onChange?.(submitted);
  const job = orThrow(await wait(http, submitted.id, { signal: options.signal, onChange }));
  return extractionOf(http, job, schema, options.signal);
}

/** The fields of a job that has ended, whose task was to find those of this schema. */
export async function extractionOf<const Schema extends WantedSchema>(
  http: Http,
  job: Job,
  schema: Schema,
  signal?: AbortSignal | undefined,
): Promise<Extraction<Wanted<Schema>>> {
  const { extraction: understanding } = await result(http, job.id, { signal });
  if (!understanding) throw notUnderstood(job);
  const asked = askedSchema(schema);
  const { data: found, proofs } = assemble(asked, understanding.fields);
  const { data, issues } = await check(schema, found);
  const told = Object.entries(understanding.problems)
    .filter(([path]) => !issues.some((issue) => issue.path === path))
    .map(([path, message]) => ({ path, message }));
  const facts = { proofs, fields: understanding.fields, issues: [...issues, ...told], understanding, job };
  return { ok: issues.length === 0, data, ...facts } as Extraction<Wanted<Schema>>;
}

function notUnderstood(job: Job): DocuSnapError {
  const error = job.extraction?.error;
  return new DocuSnapError({
    code: error?.code ?? 'nothing_to_understand',
    message: error?.message ?? 'Nothing was asked to be understood of this job.',
    retryable: error?.retryable ?? false,
    job,
  });
}
