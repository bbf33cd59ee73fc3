import { AppError, type ClassifyResult, type Understanding } from '@docusnap/contracts';
import type { NumberedPage } from '../extract.ts';
import type { Inquiry, JsonAnswer } from './ask.ts';
import { type Asking, askInParts, type PartAnswer } from './ask-in-parts.ts';
import { checkerOf } from './check-answer.ts';
import { textOf } from './document-text.ts';
import type { Json } from './language-model.ts';
import { leafOf, listOf, type ObjectShape, objectOf } from './schema.ts';

/** What a document is, of a list of labels, with how sure the model says it is; long documents vote by their parts. */
export async function understandKind(
  asking: Asking,
  pages: readonly NumberedPage[],
  labels: readonly string[],
): Promise<Omit<Understanding, 'engine' | 'model'>> {
  const shape = shapeOf(labels);
  const inquiry: Inquiry = {
    task: TASK,
    shape,
    check: checkerOf(shape),
    faultsOf: ({ label }) => (label === null ? UNLABELLED : []),
  };
  const { answers, usage } = await askInParts(asking, inquiry, textOf(pages), { text: '', tokens: 0 });
  return { task: 'classify', result: voted(answers, labels), fields: {}, problems: {}, blanks: [], usage };
}

const TASK = `Say what kind of document it is. "label": the label of the list that fits best. "confidence": how sure you are of it, from 0 to 1. "candidates": up to 4 other labels that may fit, with your confidence in each; all confidences together are 1 at most.`;
const UNLABELLED = [{ path: ['label'], message: 'must be one of the labels' }];

function shapeOf(labels: readonly string[]): ObjectShape {
  const candidate = { label: leafOf('string', [...new Set(labels)]), confidence: leafOf('number') };
  return objectOf({ ...candidate, candidates: listOf(objectOf(candidate)) });
}

/** Confidences of the parts, each by its length. */
function voted(answers: readonly PartAnswer[], labels: readonly string[]): ClassifyResult {
  const all = answers.reduce((sum, { tokens }) => sum + tokens, 0);
  const votes = new Map<string, number>();
  for (const { answer, tokens } of answers) {
    for (const [label, confidence] of confidencesOf(answer, labels)) {
      votes.set(label, (votes.get(label) ?? 0) + (confidence * tokens) / all);
    }
  }
  const candidates = [...votes]
    .map(([label, confidence]) => ({ label, confidence: Math.min(1, confidence) }))
    .toSorted((a, b) => b.confidence - a.confidence);
  const [best] = candidates;
  if (best === undefined) throw new AppError('llm_answer_invalid', 'It named none of the labels.');
  return { ...best, candidates };
}

/** A label given without a confidence counts half: it was preferred, and nothing is known of how much. */
const UNSAID = 0.5;

function confidencesOf(answer: JsonAnswer, labels: readonly string[]): Map<string, number> {
  const confidences = new Map<string, number>();
  const others: readonly Json[] = Array.isArray(answer.candidates) ? answer.candidates : [];
  for (const one of [answer, ...others] as readonly JsonAnswer[]) {
    const { label, confidence } = one;
    if (typeof label !== 'string' || !labels.includes(label) || confidences.has(label)) continue;
    confidences.set(label, typeof confidence === 'number' ? Math.min(1, Math.max(0, confidence)) : UNSAID);
  }
  return confidences;
}
