import type { Frame } from './frame.ts';

/** How much of a row or a column is ink, 0..1: `part` allows one pixel aside, where outlines step, `exact` none. Ends are inclusive. */

export function isNear({ ink: { bits, stride }, isInk, width, height }: Frame, u: number, v: number): boolean {
  if (u < 1 || u >= width - 1 || v < 0 || v >= height) return isInk(u, v) || isInk(u - 1, v) || isInk(u + 1, v);
  const at = v * stride + ((u - 1) >> 5);
  const first = (u - 1) & 31;
  return ((bits[at]! >>> first) & 7) !== 0 || (first > 29 && (bits[at + 1]! & (first - 29 === 1 ? 1 : 3)) !== 0);
}

export function isNearAcross({ ink: { bits, stride }, isInk, width, height }: Frame, u: number, v: number): boolean {
  if (v < 1 || v >= height - 1 || u < 0 || u >= width) return isInk(u, v) || isInk(u, v - 1) || isInk(u, v + 1);
  const at = v * stride + (u >> 5);
  return (((bits[at - stride]! | bits[at]! | bits[at + stride]!) >> (u & 31)) & 1) !== 0;
}

/** The part of a column, one pixel to either side allowed, that is ink. */
export function partDown(frame: Frame, u: number, from: number, to: number): number {
  const shown = u > 0 && u < frame.width - 1 ? inkedDown(frame, u - 1, u + 1, from, to) : 0;
  return shown / Math.max(1, to - from + 1);
}

export function exactDown(frame: Frame, u: number, from: number, to: number): number {
  const shown = u >= 0 && u < frame.width ? inkedDown(frame, u, u, from, to) : 0;
  return shown / Math.max(1, to - from + 1);
}

/** Rows that have ink in any of some neighbouring columns. */
function inkedDown(
  { ink: { bits, stride }, height }: Frame,
  left: number,
  right: number,
  from: number,
  to: number,
): number {
  const end = Math.min(height - 1, to) * stride + (left >> 5);
  const further = (right >> 5) - (left >> 5);
  const start = -1 << (left & 31);
  const stop = -1 >>> (31 - (right & 31));
  const here = further === 0 ? start & stop : start;
  const there = further === 0 ? 0 : stop;
  let shown = 0;
  for (let at = Math.max(0, from) * stride + (left >> 5); at <= end; at += stride) {
    if (((bits[at]! & here) | (bits[at + further]! & there)) !== 0) shown += 1;
  }
  return shown;
}

export function partAcross(frame: Frame, v: number, from: number, to: number): number {
  return inkedAcross(frame, { top: v - 1, bottom: v + 1, from, to }) / Math.max(1, to - from + 1);
}

export function exactAcross(frame: Frame, v: number, from: number, to: number): number {
  return inkedAcross(frame, { top: v, bottom: v, from, to }) / Math.max(1, to - from + 1);
}

/** Columns that have ink in any row from `top` to `bottom`. */
function inkedAcross(
  { ink: { bits, stride }, width, height }: Frame,
  { top, bottom, from, to }: { top: number; bottom: number; from: number; to: number },
): number {
  const left = Math.max(0, from);
  const right = Math.min(width - 1, to);
  const first = Math.max(0, top);
  const last = Math.min(height - 1, bottom);
  let shown = 0;
  if (right < left) return 0;
  for (let word = left >> 5; word <= right >> 5; word += 1) {
    let any = 0;
    for (let v = first; v <= last; v += 1) any |= bits[v * stride + word]!;
    if (word === left >> 5) any &= -1 << (left & 31);
    if (word === right >> 5) any &= -1 >>> (31 - (right & 31));
    shown += onesIn(any);
  }
  return shown;
}

/** Bits of a word that are set: summed in pairs, in fours, in bytes. */
function onesIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
