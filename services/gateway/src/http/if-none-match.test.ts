import { expect, test } from '@jest/globals';
import { hasTag } from './if-none-match.ts';

test.each([
  ['the tag', '"a-1"', true],
  ['the tag, marked as weak on its way', 'W/"a-1"', true],
  ['a list that has it', '"x", W/"a-1" ,"y"', true],
  ['a tag with a comma before it', '"x,y", "a-1"', true],
  ['whatever there is', ' * ', true],
  ['another', '"a-11"', false],
  ['a list without it', '"x", "y"', false],
  ['no tag', 'a-1', false],
  ['nothing', '', false],
  ['no header', undefined, false],
])('If-None-Match with %s', (_what, header, expected) => {
  expect(hasTag(header, '"a-1"')).toBe(expected);
  expect(hasTag(header, 'W/"a-1"')).toBe(expected);
});
