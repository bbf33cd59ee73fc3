import { remember, remembered } from '../frame/remembered.ts';
import type { Ask } from '../send/send-files.ts';
import { EXAMPLES } from './examples.ts';
import { type FieldDraft, faultsOf, fieldsOf, type Schema, schemaOf } from './schema-draft.ts';

/** What a person may want to know. To fill a form is to ask for its blanks first. */
export const WISHES = ['doc', 'classify', 'extract', 'form', 'fill'] as const;
export type Wish = (typeof WISHES)[number];

/** What is asked, as it is put together. */
export interface AskDraft {
  readonly wish: Wish;
  /** One a line. */
  readonly labels: string;
  readonly fields: readonly FieldDraft[];
  /** The schema as it was typed, where that is what counts. */
  readonly json: string | null;
  readonly onlyProven: boolean;
}

export type AskFault = 'labelsFault' | 'noFieldsYet' | 'mend' | 'jsonFault';

export function openDraft(wish: Wish = 'doc'): AskDraft {
  return { wish, labels: '', fields: keptFields(), json: null, onlyProven: false };
}

/** The fields of last time: who asks for some, asks for them of many documents. */
function keptFields(): readonly FieldDraft[] {
  try {
    const kept = JSON.parse(remembered('fields') ?? 'null');
    const fields = kept === null ? null : fieldsOf(kept);
    if (fields && fields.length > 0) return fields;
  } catch {
    // What is kept is none of ours.
  }
  return EXAMPLES[0]?.fields ?? [];
}

/** What is to be sent, or why it cannot be yet. */
export function askOf(draft: AskDraft): { readonly ask: Ask } | { readonly fault: AskFault; readonly why?: string } {
  switch (draft.wish) {
    case 'doc':
      return { ask: { task: 'doc' } };
    case 'form':
    case 'fill':
      return { ask: { task: 'form' } };
    case 'classify': {
      const labels = [
        ...new Set(
          draft.labels
            .split('\n')
            .map((label) => label.trim())
            .filter(Boolean),
        ),
      ];
      if (labels.length === 1) return { fault: 'labelsFault' };
      return { ask: { task: 'classify', ...(labels.length > 0 && { labels }) } };
    }
    case 'extract':
      return extractOf(draft);
  }
}

function extractOf({ json, fields, onlyProven }: AskDraft): ReturnType<typeof askOf> {
  if (json !== null) {
    try {
      return { ask: { task: 'extract', schema: JSON.parse(json) as Schema, onlyProven } };
    } catch (error) {
      return { fault: 'jsonFault', why: error instanceof Error ? error.message : '' };
    }
  }
  if (fields.length === 0) return { fault: 'noFieldsYet' };
  if (faultsOf(fields).size > 0) return { fault: 'mend' };
  const schema = schemaOf(fields);
  remember('fields', JSON.stringify(schema));
  return { ask: { task: 'extract', schema, onlyProven } };
}
