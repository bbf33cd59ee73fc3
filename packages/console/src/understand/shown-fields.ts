import type { Evidence, ExtractedField, FillResult, Understanding } from '@docusnap/contracts';

/** A value as it is listed: its name, what it is, and where it stands. */
export interface ShownField {
  /** As the result names it, "items.0.amount". */
  readonly path: string;
  /** The same for people, "items 1 amount". */
  readonly name: string;
  readonly value: ExtractedField['value'];
  /** A number as it is written out, "14.10". */
  readonly normalized: string | null;
  readonly confidence: number;
  readonly grounded: boolean;
  readonly evidence: readonly Evidence[];
  /** What is wrong with it. */
  readonly problem: string | null;
}

/** The values of what was understood, in the order in which it gives them. */
export function shownFields({ fields, problems, result, task }: Understanding): readonly ShownField[] {
  if (task === 'fill') return filled(result);
  const proven = Object.entries(fields).map(([path, field]) => shown(path, field, problems[path] ?? null));
  // Of doc and form the key-values are the list, and fields say where they stand.
  const kv = task === 'doc' || task === 'form' ? keyValues(result) : {};
  const rest = Object.entries(kv)
    .filter(([path]) => !Object.hasOwn(fields, path))
    .map(([path, value]) =>
      shown(path, { value, normalized: null, confidence: 0, grounded: false, evidence: [] }, null, path),
    );
  const missing = Object.entries(problems)
    .filter(([path]) => !Object.hasOwn(fields, path))
    .map(([path, problem]) =>
      shown(path, { value: null, normalized: null, confidence: 0, grounded: false, evidence: [] }, problem),
    );
  return [...proven, ...rest, ...missing];
}

/** What a form is filled with was said by other documents: no page of this job says it, and none has to. */
function filled(result: Understanding['result']): readonly ShownField[] {
  return Object.entries((result ?? {}) as FillResult).map(([label, { value }]) =>
    shown(label, { value, normalized: null, confidence: 0, grounded: true, evidence: [] }, null, label),
  );
}

function shown(path: string, field: ExtractedField, problem: string | null, name = nameOf(path)): ShownField {
  const { value, normalized, confidence, grounded, evidence } = field;
  return { path, name, value, normalized, confidence, grounded, evidence, problem };
}

/** A path as a person reads it: positions in lists count from 1. */
export function nameOf(path: string): string {
  return path
    .split('.')
    .map((step) => (/^\d+$/.test(step) ? String(Number(step) + 1) : step.replaceAll('_', ' ')))
    .join(' · ');
}

export function keyValues(result: Understanding['result']): Readonly<Record<string, string>> {
  return result && 'kv' in result && typeof result.kv === 'object' ? (result.kv as Record<string, string>) : {};
}
