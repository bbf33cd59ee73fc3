import { z } from 'zod';
import { Quad } from './page-text.ts';

/** How a page's words say a value: the same characters; the same but for case, width, spaces, punctuation or notation; or nearly. */
export const MATCH_KINDS = ['exact', 'normalized', 'fuzzy'] as const;
export type MatchKind = (typeof MATCH_KINDS)[number];

/** Words that prove a value, found by matching it to what was read; never taken from a model. `quad` holds them all, in pixels of the page. */
export const Evidence = z
  .object({
    page: z.int().positive().describe('From 1.'),
    lines: z.array(z.int().min(0)).describe('Positions among the lines of the page, from 0.'),
    words: z.array(z.object({ line: z.int().min(0), word: z.int().min(0) })),
    quad: Quad,
    quote: z.string(),
    match: z.enum(MATCH_KINDS),
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;

/**
 * One value taken from a document. `normalized` is a form that compares: a date as YYYY-MM-DD, a sum of money as "1234.50"; null where the value
 * has no other form. Not grounded means that no page says it.
 */
export const ExtractedField = z
  .object({
    value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    normalized: z.string().nullable(),
    confidence: z.number().min(0).max(1),
    grounded: z.boolean(),
    evidence: z.array(Evidence),
  })
  .meta({ id: 'ExtractedField' });
export type ExtractedField = z.infer<typeof ExtractedField>;
