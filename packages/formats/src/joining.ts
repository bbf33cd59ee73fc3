import { firstCharacter, fitText, isUnspaced, lastCharacter } from './characters.ts';

/** The words of a page in lower case, to see how it writes a word elsewhere. */
export type Vocabulary = ReadonlySet<string>;

const SOFT_HYPHEN = '\u00ad';
/** The end of a line whose last word may go on in the next: letters, one hyphen. Groups: the word's beginning, the hyphen. */
const BROKEN = /(?:^|[^\p{L}\p{N}-])(\p{L}{2,})([-\u2010\u00ad\u00ac])$/u;
/** The end of a line whose last word keeps its hyphen: one letter, a number, or parts with hyphens between, as "e-", "10-", "state-of-the-". */
const COMPOUND = /[\p{L}\p{N}][-\u2010]$/u;
/** The end of a line with a hyphen that is part of an address of the web or of mail. */
const ADDRESS = /(?:\p{L}:\/\/|www\.|@|\.\p{L}{2,}\/)\S*[-\u2010]$/iu;
/** Before these a hyphen stands for what both words share, as in "Ein- und Ausfuhr", "pre- and post-war": German, English, French, Spanish, Italian. */
const CONJUNCTIONS: ReadonlySet<string> = new Set([
  'und',
  'oder',
  'bzw',
  'bis',
  'sowie',
  'and',
  'or',
  'to',
  'et',
  'ou',
  'y',
  'o',
  'e',
]);
/** What a word is looked for in, in characters: a passage may have thousands of lines, and looking through all of it for each was quadratic. */
const LAST_WORD = 200;
const WORD_BEGINNING = /^[\p{L}\p{N}]+/u;
/** Beginnings that keep their hyphen: "self-" and the like are seldom syllables of a longer word. */
const KEEPS_HYPHEN: ReadonlySet<string> = new Set(['self', 'well', 'half', 'quasi', 'non']);

export function vocabularyOf(lines: readonly string[]): Vocabulary {
  return new Set(
    lines.flatMap(
      (line) =>
        fitText(line)
          .toLowerCase()
          .match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu) ?? [],
    ),
  );
}

/**
 * The text of one line and of the next as running text. Between scripts without spaces nothing is put; a word broken at the line's end is
 * made whole where it goes on with a small letter and the page nowhere writes it with a hyphen.
 */
export function joinLines(text: string, next: string, vocabulary: Vocabulary): string {
  const end = text.slice(-LAST_WORD);
  const rest = WORD_BEGINNING.exec(next)?.[0];
  if (rest === undefined) return spaced(text, next);
  if (ADDRESS.test(end)) return text + next;
  const broken = BROKEN.exec(end);
  if (!broken) return isCompound(end, rest) ? text + next : spaced(text, next);
  const [, beginning = '', hyphen = ''] = broken;
  if (isSuspended(beginning, hyphen, rest, vocabulary)) return spaced(text, next);
  return keepsHyphen(beginning, hyphen, rest, vocabulary) ? text + next : text.slice(0, -hyphen.length) + next;
}

function spaced(text: string, next: string): string {
  return text + (needsSpace(lastCharacter(text), firstCharacter(next)) ? ' ' : '') + next;
}

/** Numbers on both sides are as likely two of a list as a span. */
function isCompound(end: string, rest: string): boolean {
  const areNumbers = /\p{N}.$/u.test(end) && /^\p{N}/u.test(rest);
  return COMPOUND.test(end) && !areNumbers && !CONJUNCTIONS.has(rest.toLowerCase());
}

/** Words such as "potato" end like a conjunction: those that the page writes elsewhere. */
function isSuspended(beginning: string, hyphen: string, rest: string, vocabulary: Vocabulary): boolean {
  const tail = rest.toLowerCase();
  return hyphen !== SOFT_HYPHEN && CONJUNCTIONS.has(tail) && !vocabulary.has(beginning.toLowerCase() + tail);
}

function keepsHyphen(beginning: string, hyphen: string, rest: string, vocabulary: Vocabulary): boolean {
  if (hyphen === SOFT_HYPHEN) return false;
  const [head, tail] = [beginning.toLowerCase(), rest.toLowerCase()];
  if (!/^\p{Ll}/u.test(rest) || vocabulary.has(`${head}-${tail}`)) return true;
  return KEEPS_HYPHEN.has(head) && !vocabulary.has(head + tail);
}

/** Between a letter of ours and a Han character a space is usual in running text; beside digits and signs it is not. */
function needsSpace(before: string, after: string): boolean {
  const [one, other] = [isUnspaced(before), isUnspaced(after)];
  if (one && other) return false;
  if (!one && !other) return true;
  return /\p{L}/u.test(one ? after : before);
}
