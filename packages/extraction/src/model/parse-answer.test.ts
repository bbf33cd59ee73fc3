import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseAnswer } from './parse-answer.ts';

test.each([
  ['plain JSON', '{"a": 1}'],
  ['a code fence', '```json\n{"a": 1}\n```'],
  ['a fence between words', 'Here you are:\n```\n{"a": 1}\n```\nAnything else?'],
  ['words around it', 'The answer is {"a": 1} as you asked.'],
  ['thoughts before it', '<think>is it {"a": 2}?\nno</think>\n\n{"a": 1}'],
  ['thoughts whose beginning is missing', 'is it {"a": 2}? no</think>{"a": 1}'],
  ['thoughts of GLM-Z1', '###Thinking\nis it {"a": 2}?\n###Response\n{"a": 1}'],
  ['single quotes and a comma too many', "{'a': 1,}"],
  ['no quotes around names, and a comment', '{a: 1 /* one */}'],
  ['a bracket that is missing', '{"a": 1'],
  ['another object before it', 'Using the {schema}: {"a": 1}'],
  ['another object behind it', '{"a": 1} Note: {x}'],
  ['an empty object behind it', '{"a": 1} and nothing else: {}'],
])('%s is read', (_, text) => {
  expect(parseAnswer(text)).toEqual({ a: 1 });
});

test.each(['', 'I cannot do that.', '[1, 2]', '"a"', 'null', '<think>{"a": 1}'])('%j holds no object', (text) => {
  expect(parseAnswer(text)).toBeUndefined();
});

test.each([
  { title: 'Tag <think> in text', total: 5 },
  { title: 'a </think> b', total: 5 },
  { title: 'a } and a {', total: 5 },
  { title: 'say "```json" and ```', total: 5 },
])('%j is read whole, alone, in a fence and behind thoughts', (answer) => {
  const json = JSON.stringify(answer);
  for (const text of [json, `\`\`\`json\n${json}\n\`\`\``, `<think>hm {</think>Here: ${json}`]) {
    expect(parseAnswer(text)).toEqual(answer);
  }
});

test('any object survives thoughts, fences and words', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), (object) => {
      const json = JSON.stringify(object);
      expect(JSON.stringify(parseAnswer(`<think>hm</think>\n${json}`))).toBe(json);
    }),
  );
});
