import { expect, test } from '@jest/globals';
import { fetchedName } from './file-name.ts';

test.each([
  ['attachment; filename="Rechnung 1.pdf"', 'Rechnung 1.pdf'],
  ['attachment; filename="x.pdf"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe.pdf', 'Größe.pdf'],
  ['attachment; filename="../../etc/passwd"', 'passwd'],
  ['attachment; filename="C:\\\\files\\\\a.pdf"', 'a.pdf'],
  ['attachment', 'b c.png'],
  ['attachment; filename=""', 'b c.png'],
  ['not a = header;;;', 'b c.png'],
  [undefined, 'b c.png'],
])('beside %j a file is called %s', (disposition, name) => {
  expect(fetchedName(new URL('https://example.com/a/b%20c.png?d=e.pdf'), disposition)).toBe(name);
});

test('without a name anywhere it has none, and a path that is no UTF-8 stays as it is', () => {
  expect(fetchedName(new URL('https://example.com/'), undefined)).toBeUndefined();
  expect(fetchedName(new URL('https://example.com/a%FF.png'), undefined)).toBe('a%FF.png');
});
