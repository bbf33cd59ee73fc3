import { AppError, type TokenUsage } from '@docusnap/contracts';
import { askModel, type Inquiry, type JsonAnswer, materialTokens } from './ask.ts';
import type { Fault } from './check-answer.ts';
import type { TextPage } from './document-text.ts';
import { addUsage, type LanguageModel, NO_USAGE, type PagePicture } from './language-model.ts';
import { cutPages, smallerParts, tokensOf } from './parts.ts';
import { quotedPages } from './quote.ts';

/** What a model said of one part of a document. */
export interface PartAnswer {
  readonly answer: JsonAnswer;
  readonly faults: readonly Fault[];
  /** Of the pages in the part. */
  readonly numbers: readonly number[];
  /** Of the part, estimated. */
  readonly tokens: number;
}

/** A model, and what goes with every question to it. */
export interface Asking {
  readonly model: LanguageModel;
  readonly pictures: readonly PagePicture[];
  readonly signal: AbortSignal;
}

/** Tokens of data below which asking makes no sense: the instructions alone fill the context. */
const LEAST_MATERIAL = 100;

/**
 * Asks about a document in as many parts as the model's context needs; a part that the model finds too long, or whose answer is cut, is asked about
 * again in smaller ones. Nothing of the document is left out.
 *
 * @param before stands before the pages of every part
 */
export async function askInParts(
  asking: Asking,
  inquiry: Inquiry,
  pages: readonly TextPage[],
  before: { readonly text: string; readonly tokens: number },
): Promise<{ answers: PartAnswer[]; usage: TokenUsage }> {
  const room = materialTokens(asking.model, inquiry) - before.tokens;
  if (room < LEAST_MATERIAL) {
    throw new AppError('llm_context_exceeded', 'Its context has no room for a document beside what is asked for.');
  }
  const open = cutPages(
    // A page without print may still show something to a model that sees.
    pages.filter((page) => page.blocks.length > 0 || picturesOf(asking, [page]).length > 0),
    room,
  );
  const answers: PartAnswer[] = [];
  let usage = NO_USAGE;
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    const material = [before.text, quotedPages(part)].filter((text) => text !== '').join('\n\n');
    const reply = await askModel(asking.model, inquiry, material, {
      pictures: picturesOf(asking, part),
      signal: asking.signal,
    });
    usage = addUsage(usage, reply.usage);
    if (reply.kind === 'answered') {
      answers.push({
        answer: reply.answer,
        faults: reply.faults,
        numbers: [...new Set(part.map(({ number }) => number))],
        tokens: tokensOf(part),
      });
      continue;
    }
    const smaller = smallerParts(part);
    if (smaller === undefined) throw reply.why;
    open.unshift(...smaller);
  }
  return { answers, usage };
}

function picturesOf({ model, pictures }: Asking, part: readonly TextPage[]): PagePicture[] {
  return model.sees ? pictures.filter(({ page }) => part.some(({ number }) => number === page)) : [];
}
