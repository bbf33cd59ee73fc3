import { AppError, type Understanding, type UnderstandingRequest } from '@docusnap/contracts';
import type { NumberedPage } from './extract.ts';
import type { Asking } from './model/ask-in-parts.ts';
import { readCallerSchema } from './model/caller-schema.ts';
import { isBlank } from './model/document-text.ts';
import type { LanguageModel, PagePicture } from './model/language-model.ts';
import { understandDocument } from './model/understand-document.ts';
import { understandFields } from './model/understand-fields.ts';
import { understandFill } from './model/understand-fill.ts';
import { understandKind } from './model/understand-kind.ts';
import { DEFAULT_KINDS } from './tasks/classify.ts';
import { labelsOf } from './tasks/fill.ts';
import { understandByRules } from './tasks/understand-by-rules.ts';

/** Blanks of one form, many more than the longest has: each is compared with all that a library has, and all tenants wait for that. */
const MOST_BLANKS = 5_000;

export type UnderstandByRules = (pages: readonly NumberedPage[], request: UnderstandingRequest) => Understanding;

export interface UnderstandOptions {
  /** Null where none is configured: rules do the work. */
  readonly model: LanguageModel | null;
  /** What works without a model; the built-in rules unless given. */
  readonly rules?: UnderstandByRules;
  /** Of the pages, for models that see. */
  readonly pictures?: readonly PagePicture[];
  readonly signal?: AbortSignal;
}

/**
 * Understands the pages of a job, or fills a form from its library: by the language model where there is one, else by rules. Whoever gives the
 * values, each is proven by the words of the pages or called unproven; evidence never comes from a model.
 *
 * @throws AppError `invalid_options` for a request that cannot be answered (its schema, a missing one); what the model throws
 */
export async function understand(
  pages: readonly NumberedPage[],
  request: UnderstandingRequest,
  { model, rules = understandByRules, pictures = [], signal = new AbortController().signal }: UnderstandOptions,
): Promise<Understanding> {
  refuseUnanswerable(request);
  if (model === null) return rules(pages, request);
  // Pages without print say nothing to a model that it would not invent, unless it sees them; there is nothing to ask about for extract either.
  const isShown = model.sees && pages.some(({ number }) => pictures.some(({ page }) => page === number));
  if (['doc', 'form', 'classify'].includes(request.task) && isBlank(pages) && !isShown) return rules(pages, request);
  const asking = { model, pictures, signal };
  return { engine: 'model', model: model.name, ...(await askFor(asking, pages, request, rules)) };
}

/** @throws AppError `invalid_options`, with the place, for a request that no engine could answer */
export function refuseUnanswerable({ task, schema, form }: UnderstandingRequest): void {
  if (task === 'extract') readCallerSchema(schemaOf(schema));
  if (task !== 'fill') return;
  if (form === undefined) throw new AppError('invalid_options', 'The task fill needs a form.');
  if (labelsOf(form).length > MOST_BLANKS)
    throw new AppError('invalid_options', `form: it has more than ${MOST_BLANKS} blanks.`);
}

function askFor(
  asking: Asking,
  pages: readonly NumberedPage[],
  request: UnderstandingRequest,
  rules: UnderstandByRules,
): Promise<Omit<Understanding, 'engine' | 'model'>> {
  const { task, library, requireGrounding } = request;
  switch (task) {
    case 'doc':
      return understandDocument(asking, pages, request, { kind: 'doc', blanks: [] });
    case 'form':
      return understandDocument(asking, pages, request, { kind: 'form', blanks: rules(pages, request).blanks });
    case 'fill':
      return understandFill(asking, labelsOf(request.form ?? {}), library);
    case 'extract':
      return understandFields(asking, pages, readCallerSchema(schemaOf(request.schema)), { requireGrounding });
    case 'classify':
      return understandKind(asking, pages, request.labels ?? DEFAULT_KINDS);
  }
}

function schemaOf(schema: UnderstandingRequest['schema']): NonNullable<UnderstandingRequest['schema']> {
  if (schema === undefined) throw new AppError('invalid_options', 'The task extract needs a schema.');
  return schema;
}
