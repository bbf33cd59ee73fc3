import { createHash } from 'node:crypto';
import type { UnderstandingRequest } from '@docusnap/contracts';
import type { NumberedPage } from '@docusnap/extraction';
import type { ModelConfig } from '../model/open-language-model.ts';

/** Grows with every change of prompts, rules or grounding that makes another answer of the same question. */
const VERSION = 1;

/** SHA-256 of all that an answer depends on: the model, what is asked, and what the pages say. */
export function fingerprintOf(
  model: NonNullable<ModelConfig>,
  request: UnderstandingRequest,
  pages: readonly NumberedPage[],
): Buffer {
  const { baseUrl, model: name, contextTokens, vision } = model;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([VERSION, baseUrl, name, contextTokens, vision, request]));
  // One page at a time: together they may be as long as a string may not be.
  for (const page of pages) hash.update(`\n${JSON.stringify(page)}`);
  return hash.digest();
}
