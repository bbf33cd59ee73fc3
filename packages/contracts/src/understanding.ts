import { z } from 'zod';
import { ExtractedField } from './extraction.ts';
import { Quad } from './page-text.ts';

/** What a job may be asked to understand: what a document is about, what a form asks for, a form filled from what is known, a caller's own fields, a kind. */
export const TASKS = ['doc', 'form', 'fill', 'extract', 'classify'] as const;
export type Task = (typeof TASKS)[number];

/** Something known already: a document read, or a form filled, in an earlier job. */
export const LibraryEntry = z.object({
  type: z.enum(['doc', 'form']),
  id: z.string(),
  title: z.string(),
  tags: z.array(z.string()),
  description: z.string(),
  /** RFC 3339 or YYYY-MM-DD; null where nobody said. */
  date: z.string().nullable(),
  kv: z.record(z.string(), z.string()),
});
export type LibraryEntry = z.infer<typeof LibraryEntry>;

/** What a client asks to be understood, in a submit beside its files, or of a job that has ended. */
export const AskBody = z.strictObject({
  task: z
    .enum(TASKS)
    .describe(
      'doc: title, tags, description and key-values; form: the same and its blanks; fill: a form from a library; extract: the fields of a schema; classify: its kind.',
    ),
  schema: z
    .record(z.string(), z.json())
    .optional()
    .describe('Of extract: a JSON Schema, draft 2020-12, of objects, arrays and scalars.'),
  labels: z
    .array(z.string().min(1).max(100))
    .min(2)
    .max(100)
    .optional()
    .describe('Of classify: the kinds there are; a list of common ones unless given.'),
  form: z.record(z.string(), z.json()).optional().describe('Of fill: a form, as a job with the task form gave it.'),
  library: z
    .array(
      LibraryEntry.extend({
        tags: LibraryEntry.shape.tags.default([]),
        description: z.string().default(''),
        date: z.string().nullable().default(null),
        kv: LibraryEntry.shape.kv.default({}),
      }),
    )
    .max(1_000)
    .default([])
    .describe('What is known already: of fill the source of values, else what may be related.'),
});
export type AskBody = z.infer<typeof AskBody>;

/** A request to understand. `library` may be empty; `schema` is for extract, `labels` for classify, `form` for fill. */
export const UnderstandingRequest = z.object({
  task: z.enum(TASKS),
  schema: z.record(z.string(), z.json()).optional(),
  labels: z.array(z.string().min(1).max(100)).min(2).max(100).optional(),
  form: z.record(z.string(), z.json()).optional(),
  library: z.array(LibraryEntry),
  requireGrounding: z.boolean(),
  /** Whether a model that sees is shown the pages, too. */
  vision: z.boolean().default(false),
});
export type UnderstandingRequest = z.input<typeof UnderstandingRequest>;

const Related = z.object({ type: z.enum(['doc', 'form']), resource_id: z.string() });

export const DocResult = z
  .object({
    title: z.string(),
    tags: z.array(z.string()).min(1).max(4),
    description: z.string(),
    kv: z.record(z.string(), z.string()),
    related: z.array(Related).max(5),
  })
  .meta({ id: 'DocResult' });
export type DocResult = z.infer<typeof DocResult>;

/** `fields` are the labels of the blanks, as printed; `kv` holds what is filled already, and "Form Type". */
export const FormResult = DocResult.extend({ fields: z.array(z.string()) }).meta({ id: 'FormResult' });
export type FormResult = z.infer<typeof FormResult>;

export const FillResult = z
  .record(z.string(), z.object({ value: z.string(), source: Related }))
  .meta({ id: 'FillResult' });
export type FillResult = z.infer<typeof FillResult>;

export const ClassifyResult = z
  .object({
    label: z.string(),
    confidence: z.number().min(0).max(1),
    candidates: z.array(z.object({ label: z.string(), confidence: z.number().min(0).max(1) })),
  })
  .meta({ id: 'ClassifyResult' });
export type ClassifyResult = z.infer<typeof ClassifyResult>;

/** Where a form is to be filled: the blank beside a label; of a box to tick the question too that it answers. */
export const FormBlank = z
  .object({ label: z.string(), question: z.string().optional(), page: z.int().positive(), quad: Quad })
  .meta({ id: 'FormBlank' });
export type FormBlank = z.infer<typeof FormBlank>;

/** Tokens that a language model counted; zeros without one. */
export const TokenUsage = z.object({ prompt_tokens: z.int().min(0), completion_tokens: z.int().min(0) });
export type TokenUsage = z.infer<typeof TokenUsage>;

/**
 * What was understood. `engine` says whether a language model or the built-in rules did it. `result` has the shape of the task (null for extract,
 * whose fields say all); `fields` prove values by path: of the schema for extract, of `kv` for doc and form.
 */
export const Understanding = z
  .object({
    task: z.enum(TASKS),
    engine: z.enum(['model', 'rules']),
    model: z.string().nullable(),
    result: z.union([FormResult, DocResult, ClassifyResult, FillResult]).nullable(),
    fields: z.record(z.string(), ExtractedField),
    /** Of extract: what is wrong with single fields after the repair round, by path. */
    problems: z.record(z.string(), z.string()),
    blanks: z.array(FormBlank),
    usage: TokenUsage,
    pictures: z.int().min(0).optional().describe('Of options.vision: how many pages the model was shown.'),
    cached: z.boolean().optional().describe('Taken from an earlier job with the same request and pages.'),
  })
  .meta({ id: 'Understanding' });
export type Understanding = z.infer<typeof Understanding>;
