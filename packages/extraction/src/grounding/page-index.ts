import { type Line, linesOf, type PageText, type Word } from '@docusnap/contracts';
import { normalise } from '../values/normalise.ts';

/** A word of a page and where it stands. */
export interface PlacedWord {
  readonly word: Word;
  /** Its line among the lines of the page, and its place in that line; from 0. */
  readonly line: number;
  readonly position: number;
  /** Of its line's text, in UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** A letter or digit of a text, in its normalised form. */
export interface TextLetter {
  readonly unit: string;
  /** Whether it is the first or the last letter of its word, or of a part of it: "Name:Anna" and "姓名：夏艳辰" are printed without a space. */
  readonly begins: boolean;
  readonly ends: boolean;
  /** Whether it stands right behind the letter before it, with no space or mark between. */
  readonly touches: boolean;
  /** Of its text (that of its word on a page), in UTF-16 units. */
  readonly at: number;
}

/** A letter or digit of a page. */
export interface Letter extends TextLetter {
  /** Index into the page's words. */
  readonly word: number;
}

/** A page made ready for many searches. */
export interface IndexedPage {
  /** From 1. */
  readonly number: number;
  readonly lines: readonly Line[];
  /** In reading order. */
  readonly words: readonly PlacedWord[];
  readonly letters: readonly Letter[];
  /** The letters' units one after another. */
  readonly text: string;
}

/** @param pages by their numbers in the document */
export function indexPages(pages: readonly { readonly number: number; readonly text: PageText }[]): IndexedPage[] {
  return pages.map(({ number, text }) => {
    const lines = linesOf(text);
    const words = lines.flatMap(wordsOf);
    const letters = words.flatMap(lettersOfWord);
    return { number, lines, words, letters, text: letters.map(({ unit }) => unit).join('') };
  });
}

function wordsOf({ text, words }: Line, line: number): PlacedWord[] {
  let from = 0;
  return words.map((word, position) => {
    const start = Math.max(from, text.indexOf(word.text, from));
    from = start + word.text.length;
    return { word, line, position, start, end: from };
  });
}

function lettersOfWord({ word }: PlacedWord, index: number): Letter[] {
  return lettersIn(word.text).map((letter) => ({ ...letter, word: index }));
}

/** The letters and digits of a text, of a word of a page or of a value, and where its parts begin and end. */
export function lettersIn(source: string): TextLetter[] {
  const { text, from } = normalise(source);
  const units = text.split('');
  const gapBefore = (at: number): string => source.slice(from[at - 1]! + 1, from[at]);
  const isApart = (at: number): boolean => {
    const [before, after] = [units[at - 1], units[at]];
    if (before === undefined || after === undefined || /\s/u.test(gapBefore(at))) return true;
    return SEPARATOR.test(gapBefore(at)) && !(isDigit(before) && isDigit(after));
  };
  return units.map((unit, at) => ({
    unit,
    begins: isApart(at),
    ends: isApart(at + 1),
    touches: at > 0 && gapBefore(at) === '',
    at: from[at]!,
  }));
}

export function isDigit(unit: string): boolean {
  return unit >= '0' && unit <= '9';
}

/** Marks that part a label from its value, or one thing from another; points, commas and hyphens are inside of numbers and names. */
const SEPARATOR = /[:：=|/()（）[\]【】「」“”"、，。；;]/u;
