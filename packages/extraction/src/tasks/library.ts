import { AppError, type LibraryEntry } from '@docusnap/contracts';
import { z } from 'zod';
import { flat } from './flat.ts';

const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Texts = z.union([z.array(Text.nullable().catch(null)), z.string().transform((text) => text.split(/[,，;；]/))]);
const Values = z.record(z.string(), z.json());
/** Missing parts are empty, and parts of another type are taken for missing: what is there is used. */
const Entry = z.looseObject({
  id: Text,
  title: Text.optional().catch(undefined),
  name: Text.optional().catch(undefined),
  description: Text.optional().catch(undefined),
  tags: Texts.optional().catch(undefined),
  kv: Values.optional().catch(undefined),
  extractedInfo: Values.optional().catch(undefined),
  uploadDate: Text.optional().catch(undefined),
  date: Text.optional().catch(undefined),
  updatedAt: Text.optional().catch(undefined),
});
const List = z.array(z.unknown()).optional().catch(undefined);
const Library = z.looseObject({ docs: List, doc: List, forms: List, form: List });

/** Milliseconds since 1970, as some clients give dates. */
const MILLISECONDS = /^\d{12,13}$/;

/**
 * What a client knows already, in any of the shapes that DocuSnap clients send: lists called docs and forms or doc and form, entries with kv or
 * extractedInfo. An entry without an id could not be named as a source, and is left out. Nothing at all is an empty library.
 *
 * @throws AppError `invalid_options` for what is no object
 */
export function libraryFrom(source: unknown): LibraryEntry[] {
  if (source === undefined || source === null) return [];
  if (Array.isArray(source)) throw new AppError('invalid_options', 'file_lib: must be an object.');
  const library = Library.safeParse(source);
  if (!library.success) throw new AppError('invalid_options', 'file_lib: must be an object.');
  const { docs = [], doc = [], forms = [], form = [] } = library.data;
  return [
    ...[...docs, ...doc].flatMap((one) => entryFrom('doc', one)),
    ...[...forms, ...form].flatMap((one) => entryFrom('form', one)),
  ];
}

function entryFrom(type: LibraryEntry['type'], source: unknown): LibraryEntry[] {
  const entry = Entry.safeParse(source);
  if (!entry.success) return [];
  const { id, title, name, description, tags, kv, extractedInfo, uploadDate, date, updatedAt } = entry.data;
  return [
    {
      type,
      id,
      title: title ?? name ?? '',
      tags: (tags ?? []).flatMap((tag) => (tag === null || tag.trim() === '' ? [] : [tag.trim()])),
      description: description ?? '',
      date: dateFrom(uploadDate ?? date ?? updatedAt),
      kv: { ...flat(extractedInfo ?? {}), ...flat(kv ?? {}) },
    },
  ];
}

function dateFrom(text: string | undefined): string | null {
  if (text === undefined) return null;
  const time = MILLISECONDS.test(text) ? Number(text) : Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
