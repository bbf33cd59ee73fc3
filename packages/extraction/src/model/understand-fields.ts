import type { ExtractedField, Understanding } from '@docusnap/contracts';
import type { NumberedPage } from '../extract.ts';
import { indexPages } from '../grounding/page-index.ts';
import type { Inquiry } from './ask.ts';
import { type Asking, askInParts } from './ask-in-parts.ts';
import { checkerOf } from './check-answer.ts';
import { textOf } from './document-text.ts';
import { searched } from './prove.ts';
import { type ObjectShape, type Path, pathText } from './schema.ts';
import { mergeTrees, type Tree, treeOf } from './tree.ts';

const TASK = `Find the values that the schema names in the document. A description of a property says what is meant by it. A list has one item for each thing of its kind in the document, in order; it is empty where there is none. Numbers without thousands separators, currencies or units.`;
const NOT_PROVEN = 'No page says the value that the model gave.';
const NOT_FOUND = 'The schema requires it, and no value was found.';

/** The values that a caller's schema names, each with its proof; what is wrong with single ones is in `problems`, by path. */
export async function understandFields(
  asking: Asking,
  pages: readonly NumberedPage[],
  shape: ObjectShape,
  { requireGrounding }: { requireGrounding: boolean },
): Promise<Omit<Understanding, 'engine' | 'model'>> {
  const inquiry: Inquiry = { task: TASK, shape, check: checkerOf(shape) };
  const { answers, usage } = await askInParts(asking, inquiry, textOf(pages), { text: '', tokens: 0 });
  const indexed = indexPages(pages);
  const nothing = treeOf({}, shape, [], searched(indexed, []));
  const tree = answers
    .map(({ answer, faults, numbers }) => treeOf(answer, shape, faults, searched(indexed, numbers)))
    .reduce(mergeTrees, nothing);
  const found: Found = { fields: {}, problems: {} };
  collect(tree, [], { requireGrounding, found });
  for (const path of requiredPaths(shape)) {
    if (found.fields[path]?.value === null) found.problems[path] ??= NOT_FOUND;
  }
  return { task: 'extract', result: null, ...found, blanks: [], usage };
}

interface Found {
  readonly fields: Record<string, ExtractedField>;
  readonly problems: Record<string, string>;
}

/** The leaves of a tree by their paths, in order. */
function collect(tree: Tree, path: Path, into: { readonly requireGrounding: boolean; readonly found: Found }): void {
  const { requireGrounding, found } = into;
  const name = pathText(path);
  if (tree.problem !== undefined) found.problems[name] = tree.problem;
  if (tree.kind === 'object') for (const [step, inner] of tree.properties) collect(inner, [...path, step], into);
  if (tree.kind === 'array') for (const [at, item] of tree.items.entries()) collect(item, [...path, at], into);
  if (tree.kind !== 'leaf') return;
  const { field } = tree;
  const isDropped = requireGrounding && field.value !== null && !field.grounded;
  if (isDropped) found.problems[name] = NOT_PROVEN;
  found.fields[name] = isDropped ? { ...field, value: null, normalized: null } : field;
}

/** Of objects within objects; what an item of a list lacks shows as null there. */
function requiredPaths(shape: ObjectShape, path: Path = []): string[] {
  return [...shape.properties].flatMap(([name, inner]) => {
    if (inner.kind === 'object') return requiredPaths(inner, [...path, name]);
    return inner.kind === 'leaf' && shape.required.has(name) ? [pathText([...path, name])] : [];
  });
}
