import type { FillResult, LibraryEntry } from '@docusnap/contracts';
import { answering, labelLetters, standardName, vocabulary } from '../rules/vocabulary.ts';
import { lettersOf } from '../values/normalise.ts';
import { NO_KEY } from './flat.ts';
import { indexLabels, type LabelIndex, nearest } from './label-index.ts';
import { dayOf } from './values-as-kept.ts';

/** A value that the library knows, under some name. */
interface Known {
  readonly value: string;
  readonly entry: LibraryEntry;
  /** Of two values the one of lower rank is believed. */
  readonly rank: number;
}

/** What belongs to the day and the hand that fill a form, never to an earlier document. */
const NEVER: ReadonlySet<string> = new Set([
  'Date',
  'Time',
  'Signature',
  'Pages',
  'Subject',
  'To',
  'From',
  'Carbon Copy',
  'Remarks',
  'Description',
  'Form Type',
  'Purpose',
  'Title',
  'MRZ',
]);
/** Documents of the state, whose values are more to be trusted. */
const OFFICIAL = [
  'passport',
  'identity card',
  'identity document',
  'id card',
  'driving licence',
  'driver license',
  'driver licence',
  'drivers license',
  'residence permit',
  'birth certificate',
  'reisepass',
  'personalausweis',
  'führerschein',
  'passeport',
  'carte nationale',
  'permis de conduire',
  '护照',
  '身份证',
  '驾驶证',
  '居住证',
  '户口',
].map(lettersOf);
/** A label in words of a form: "Your full name", "Applicant's address", "3. Date of birth". */
const ADDRESSED =
  /^(?:\s*\(?\d{1,2}[.)、]\s*)?(?:please (?:enter|provide|print|state|give)\s+)?(?:(?:your|the|my|applicant['’]?s?|insured['’]?s?|holder['’]?s?|employee['’]?s?|student['’]?s?|patient['’]?s?)\s+)?|^(?:申请人|本人|您的|请填写)/iu;
const NUMBERED = / \d+$/;
/** Looked for at the beginning of a run only: else each of a hundred thousand spaces within a label is looked at from each one before it. */
const TRAILING = /(?<![\s:：*])[\s:：*]+$/u;
/** The labels of the vocabulary; their keys are standard names. */
const VOCABULARY = indexLabels([...vocabulary()].map(([letters, key]) => ({ letters, key })));
/** A label that has this share of pairs of letters in common with a name is that name, misread or worded a little differently. */
const ALIKE = 0.8;

/**
 * The fields of a form that the library can fill, with where each value comes from: by the same label, then by the vocabulary, then by a name that
 * answers for it, then by likeness. Of several values those of official documents win, then the newest. Days are YYYY-MM-DD.
 */
export function fillForm(form: Readonly<Record<string, unknown>>, library: readonly LibraryEntry[]): FillResult {
  const known = knownOf(library);
  const own = indexLabels([...known.byLetters.keys()].map((letters) => ({ letters, key: letters })));
  return Object.fromEntries(
    labelsOf(form).flatMap((label): [string, FillResult[string]][] => {
      const found = valueFor(label, known, own);
      if (!found) return [];
      const value = dayOf(found.value, { dayFirst: true }) ?? found.value;
      return [[label, { value, source: { type: found.entry.type, resource_id: found.entry.id } }]];
    }),
  );
}

/** The labels of a form: its `fields`, or those of a form kept in another shape. */
export function labelsOf(form: Readonly<Record<string, unknown>>): string[] {
  const named = form.fields ?? form.formFields ?? form.blanks ?? [];
  const list: unknown[] = Array.isArray(named)
    ? named
    : typeof named === 'object' && named !== null
      ? Object.keys(named)
      : [];
  const labels = list.flatMap((one): string[] => {
    if (typeof one === 'string') return [one];
    if (typeof one !== 'object' || one === null) return [];
    const { label, name, title } = one as Record<string, unknown>;
    return [label, name, title].filter((text) => typeof text === 'string').slice(0, 1);
  });
  return [...new Set(labels.filter((label) => label.trim() !== '' && label !== NO_KEY))];
}

/** Values by the letters of their keys and by standard names: of each the one that is most to be believed. */
interface KnownValues {
  readonly byLetters: ReadonlyMap<string, Known>;
  readonly byName: ReadonlyMap<string, Known>;
}

function knownOf(library: readonly LibraryEntry[]): KnownValues {
  const [byLetters, byName] = [new Map<string, Known>(), new Map<string, Known>()];
  // Entries of one kind have the same keys: each is looked up once.
  const names = new Map<string, { letters: string; name: string | undefined }>();
  ranked(library).forEach((entry, rank) => {
    for (const [key, value] of Object.entries(entry.kv)) {
      if (value.trim() === '') continue;
      const { letters, name } = names.get(key) ?? namesOf(key);
      names.set(key, { letters, name });
      const known = { value: value.trim(), entry, rank };
      // Those that are believed more came before.
      if (!byLetters.has(letters)) byLetters.set(letters, known);
      if (name !== undefined && !byName.has(name)) byName.set(name, known);
    }
  });
  return { byLetters, byName };
}

function namesOf(key: string): { letters: string; name: string | undefined } {
  return {
    letters: labelLetters(key),
    name: standardName(key) ?? (NUMBERED.test(key) ? standardName(key.replace(NUMBERED, '')) : undefined),
  };
}

/** The library in the order in which its values are to be believed: official documents, then the newest. */
function ranked(library: readonly LibraryEntry[]): LibraryEntry[] {
  return library
    .map((entry) => ({
      entry,
      official: isOfficial(entry),
      at: entry.date === null ? -Infinity : Date.parse(entry.date) || -Infinity,
    }))
    .toSorted((a, b) => Number(b.official) - Number(a.official) || (a.at === b.at ? 0 : b.at - a.at))
    .map(({ entry }) => entry);
}

export function isOfficial({ type, title, tags, kv }: LibraryEntry): boolean {
  const letters = lettersOf(`${title} ${tags.join(' ')} ${kv['Document Type'] ?? ''}`);
  return type === 'doc' && (kv.MRZ !== undefined || OFFICIAL.some((kind) => letters.includes(kind)));
}

function valueFor(label: string, known: KnownValues, own: LabelIndex): Known | undefined {
  const plain = label.replace(TRAILING, '').replace(ADDRESSED, '');
  const name = standardName(label) ?? standardName(plain);
  if (name !== undefined && NEVER.has(name)) return undefined;
  const letters = labelLetters(plain);
  const same = [known.byLetters.get(labelLetters(label)), known.byLetters.get(letters)];
  const best = bestOf([...same, name === undefined ? undefined : known.byName.get(name)]);
  if (best) return best;
  if (name !== undefined) {
    return answering(name).flatMap((other) => known.byName.get(other) ?? [])[0];
  }
  const like = [nearest(own, letters), nearest(VOCABULARY, letters)].toSorted((a, b) => b.share - a.share)[0]!;
  if (like.share < ALIKE || NEVER.has(like.key)) return undefined;
  return known.byLetters.get(like.key) ?? known.byName.get(like.key);
}

function bestOf(known: readonly (Known | undefined)[]): Known | undefined {
  return known.filter((one) => one !== undefined).toSorted((a, b) => a.rank - b.rank)[0];
}
