/** Pages that a process reads before any counts. */
const REHEARSED = 12;

/** For each of so many pages, in order of their size, which of them is read in the rehearsal in its stead; itself, where there are few. */
export function standIns(count: number): readonly number[] {
  const groups = Math.min(count, REHEARSED);
  const startOf = (group: number) => Math.ceil((group * count) / groups);
  return Array.from({ length: count }, (_, index) => {
    const group = Math.floor((index * groups) / count);
    return (startOf(group) + startOf(group + 1) - 1) >> 1;
  });
}

/** Indices of what takes so long, the longest first: then the last pieces of shared work are short, and no core waits long for another. */
export function longestFirst(times: readonly number[]): readonly number[] {
  return times.map((_, index) => index).sort((a, b) => Number(times[b]! > times[a]!) - Number(times[b]! < times[a]!));
}
