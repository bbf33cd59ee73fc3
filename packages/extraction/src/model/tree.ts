import type { ExtractedField } from '@docusnap/contracts';
import type { Hint } from '../grounding/ground.ts';
import type { Fault } from './check-answer.ts';
import type { Json } from './language-model.ts';
import { hintOf, prove, type Searched } from './prove.ts';
import { type Path, pathText, type Shape } from './schema.ts';

/** An answer along its shape, its values proven: what was wrong in a place is a problem there, and the value is gone. */
export type Tree =
  | { readonly kind: 'leaf'; readonly field: ExtractedField; readonly problem?: string }
  | { readonly kind: 'object'; readonly properties: ReadonlyMap<string, Tree>; readonly problem?: string }
  | { readonly kind: 'array'; readonly items: readonly Tree[]; readonly problem?: string };

/**
 * An answer as a tree. Good places are kept beside bad ones. The values of one object stand near each other, so each is looked for near the last
 * one that was found.
 */
export function treeOf(answer: Json, shape: Shape, faults: readonly Fault[], pages: Searched): Tree {
  const wrong = new Map(faults.map(({ path, message }) => [pathText(path), `The model's value ${message}.`]));
  let near: Hint | undefined;

  function build(value: Json | undefined, along: Shape, path: Path): Tree {
    const problem = wrong.get(pathText(path));
    const beside = problem === undefined ? {} : { problem };
    if (along.kind === 'leaf') {
      const isGood = value !== undefined && value !== null && typeof value !== 'object' && problem === undefined;
      const labels = [along.title ?? '', String(path.findLast((step) => typeof step === 'string') ?? '')];
      const field = prove(pages, isGood ? value : null, { hint: near, labels });
      near = hintOf(field) ?? near;
      return { kind: 'leaf', field, ...beside };
    }
    if (along.kind === 'array') {
      const items: readonly Json[] = Array.isArray(value) ? value : [];
      return { kind: 'array', items: items.map((item, at) => build(item, along.items, [...path, at])), ...beside };
    }
    const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
    const values = new Map<string, Json>(given);
    const properties = [...along.properties].map(([name, inner]): [string, Tree] => [
      name,
      build(values.get(name), inner, [...path, name]),
    ]);
    return { kind: 'object', properties: new Map(properties), ...beside };
  }

  return build(answer, shape, []);
}

/**
 * What two parts of a document say, as one: of two values the one that pages prove better, the first where they prove both alike; lists one after
 * the other, single values in them once. A place that has a value has no problem.
 */
export function mergeTrees(one: Tree, other: Tree): Tree {
  if (one.kind === 'leaf' || other.kind === 'leaf')
    return one.kind === 'leaf' && other.kind === 'leaf' ? better(one, other) : one;
  const problem = one.problem ?? other.problem;
  const beside = problem === undefined ? {} : { problem };
  if (one.kind === 'object' && other.kind === 'object') {
    const properties = [...one.properties].map(([name, tree]): [string, Tree] => {
      const same = other.properties.get(name);
      return [name, same === undefined ? tree : mergeTrees(tree, same)];
    });
    return { kind: 'object', properties: new Map(properties), ...beside };
  }
  if (one.kind !== 'array' || other.kind !== 'array') return one;
  const known = new Set(one.items.flatMap((item) => (item.kind === 'leaf' ? [item.field.value] : [])));
  const more = other.items.filter((item) => item.kind !== 'leaf' || !known.has(item.field.value));
  return { kind: 'array', items: [...one.items, ...more], ...beside };
}

type Leaf = Extract<Tree, { kind: 'leaf' }>;

function better(one: Leaf, other: Leaf): Leaf {
  if (other.field.value === null) return one.field.value === null && one.problem === undefined ? other : one;
  return one.field.value === null || other.field.confidence > one.field.confidence ? other : one;
}
