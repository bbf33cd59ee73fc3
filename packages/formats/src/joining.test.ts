import { expect, test } from '@jest/globals';
import { joinLines, vocabularyOf } from './joining.ts';

const EMPTY = vocabularyOf([]);

test.each([
  ['Ein-', 'und Ausfuhr', 'Ein- und Ausfuhr'],
  ['Vor-', 'und Nachname', 'Vor- und Nachname'],
  ['Haupt-', 'bzw. Nebenfach', 'Haupt- bzw. Nebenfach'],
  ['pre-', 'and post-war', 'pre- and post-war'],
  ['10-', 'to 20-year bonds', '10- to 20-year bonds'],
  ['EIN-', 'UND AUSFUHR', 'EIN- UND AUSFUHR'],
])('a hyphen before a conjunction stands for a part of a word: %s %s', (text, next, joined) => {
  expect(joinLines(text, next, EMPTY)).toBe(joined);
});

test('a word whose end looks like a conjunction is made whole where the page writes it elsewhere', () => {
  expect(joinLines('one hot pota-', 'to more', vocabularyOf(['a potato']))).toBe('one hot potato more');
});

test.each([
  ['http://foo.com/bar-', 'baz', 'http://foo.com/bar-baz'],
  ['see www.foo-', 'bar.com', 'see www.foo-bar.com'],
  ['https://foo.com/ins-', 'and-outs', 'https://foo.com/ins-and-outs'],
  ['foo.com/2020-', '10/', 'foo.com/2020-10/'],
  ['ann@foo-', 'bar.com', 'ann@foo-bar.com'],
])('an address keeps its hyphen: %s %s', (text, next, joined) => {
  expect(joinLines(text, next, EMPTY)).toBe(joined);
});

test.each([
  ['e-', 'mail', 'e-mail'],
  ['by e-', 'Mail', 'by e-Mail'],
  ['state-of-the-', 'art', 'state-of-the-art'],
  ['a 10-', 'year bond', 'a 10-year bond'],
  ['COVID-', '19', 'COVID-19'],
  ['in 2020-', '2021', 'in 2020- 2021'],
  ['one -', 'two', 'one - two'],
])('one letter, a number or parts with hyphens keep the hyphen and get no space: %s %s', (text, next, joined) => {
  expect(joinLines(text, next, EMPTY)).toBe(joined);
});

test('either/or is no address: its word is made whole', () => {
  expect(joinLines('clients/sup-', 'pliers', EMPTY)).toBe('clients/suppliers');
});
