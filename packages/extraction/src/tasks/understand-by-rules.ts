import { AppError, type ExtractedField, type Understanding, type UnderstandingRequest } from '@docusnap/contracts';
import { extractByRules, type FieldSchema, type NumberedPage } from '../extract.ts';
import { rowsOf } from '../layout/rows.ts';
import { readCallerSchema } from '../model/caller-schema.ts';
import type { Shape } from '../model/schema.ts';
import { classify } from './classify.ts';
import { countPlaces, understandDoc } from './doc.ts';
import { fillForm } from './fill.ts';
import { understandForm } from './form.ts';
import { findTitle } from './title.ts';

type Found = Partial<Pick<Understanding, 'result' | 'fields' | 'problems' | 'blanks'>>;

const NOT_PROVEN = 'No page says the value that was found.';
const NOT_FOUND = 'The schema requires it, and no value was found.';
const NOTHING: ExtractedField = { value: null, normalized: null, confidence: 0, grounded: false, evidence: [] };

/**
 * What a request asks for, found by rules alone.
 *
 * @throws AppError `invalid_options` where the schema of extract or the form of fill is missing, or a schema that rules cannot answer
 */
export function understandByRules(pages: readonly NumberedPage[], request: UnderstandingRequest): Understanding {
  return {
    task: request.task,
    engine: 'rules',
    model: null,
    result: null,
    fields: {},
    problems: {},
    blanks: [],
    usage: { prompt_tokens: 0, completion_tokens: 0 },
    ...found(pages, request),
  };
}

function found(
  pages: readonly NumberedPage[],
  { task, schema, labels, form, library, requireGrounding }: UnderstandingRequest,
): Found {
  if (task === 'doc') return understandDoc(pages, library);
  if (task === 'form') return understandForm(pages, library);
  if (task === 'classify') return { result: kindOf(pages, labels) };
  if (task === 'fill') {
    if (form === undefined) throw new AppError('invalid_options', 'form: fill needs the form that is to be filled.');
    return { result: fillForm(form, library) };
  }
  if (schema === undefined)
    throw new AppError('invalid_options', 'schema: extract needs a schema that names its fields.');
  return fieldsOf(pages, schema as FieldSchema, { requireGrounding });
}

function kindOf(pages: readonly NumberedPage[], labels: readonly string[] | undefined) {
  const rows = pages.flatMap(({ text, number }) => rowsOf(text, number));
  return classify(rows, { title: findTitle(rows)?.text ?? '', places: countPlaces(pages) }, labels);
}

/** Fields of a schema; what is required and not found is a problem, and so is what nothing proves where proof is asked for. */
function fieldsOf(
  pages: readonly NumberedPage[],
  schema: FieldSchema,
  { requireGrounding }: { readonly requireGrounding: boolean },
): Found {
  const shape = readCallerSchema(schema);
  const [fields, problems]: [Record<string, ExtractedField>, Record<string, string>] = [{}, {}];
  for (const [path, field] of Object.entries(extractByRules(pages, schema))) {
    const isDropped = requireGrounding && field.value !== null && !field.grounded;
    fields[path] = isDropped ? NOTHING : field;
    if (isDropped) problems[path] = NOT_PROVEN;
    else if (field.value === null && isRequired(shape, path.split('.'))) problems[path] = NOT_FOUND;
  }
  return { fields, problems };
}

/** Of objects within objects; what an item of a list lacks shows as null there. */
function isRequired(shape: Shape, [name = '', ...rest]: readonly string[]): boolean {
  if (shape.kind !== 'object') return false;
  const inner = shape.properties.get(name);
  return rest.length === 0 ? shape.required.has(name) : inner !== undefined && isRequired(inner, rest);
}
