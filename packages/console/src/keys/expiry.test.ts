import { expect, test } from '@jest/globals';
import { dayOf, expiryBody } from './expiry.ts';

test('a key whose day was left as it is keeps its hour', () => {
  const before = '2030-05-06T10:20:30.000Z';
  expect(expiryBody(dayOf(before), before)).toEqual({});
  expect(expiryBody('', null)).toEqual({});
  expect(expiryBody('')).toEqual({});
});

test('a day that was chosen is the day that is shown, and none lifts the end', () => {
  for (const day of ['2030-01-01', '2030-03-31', '2030-12-31', '2032-02-29']) {
    const { expires_at } = expiryBody(day, '2029-05-06T10:20:30.000Z');
    expect(dayOf(expires_at)).toBe(day);
    expect(expiryBody(day)).toEqual({ expires_at });
  }
  expect(expiryBody('', '2029-05-06T10:20:30.000Z')).toEqual({ expires_at: null });
});
