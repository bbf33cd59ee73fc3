/** A time of day as it stands in a text. */
export interface FoundClock {
  /** "09:30:00"; "09:30" where no seconds are printed. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const CLOCK =
  /(?<![\d:.])(?<hours>\d{1,2}):(?<minutes>[0-5]\d)(?::(?<seconds>[0-5]\d))?(?: ?(?<half>[ap])\.?m\b\.?)?(?![\d:])/giu;

/** The times of day in a text, by 24 hours or by twelve. */
export function findClocks(text: string): FoundClock[] {
  return [...text.matchAll(CLOCK)].flatMap((match) => {
    const { hours = '', minutes = '', seconds, half } = match.groups ?? {};
    const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
    if (hour > 23) return [];
    const value = [String(hour).padStart(2, '0'), minutes, ...(seconds === undefined ? [] : [seconds])].join(':');
    return [{ value, start: match.index, end: match.index + match[0].length }];
  });
}

/** Whether two times of day are one; seconds that are not printed are none. */
export function sameClock(a: string, b: string): boolean {
  const full = (clock: string): string => (clock.length === 'hh:mm'.length ? `${clock}:00` : clock);
  return full(a) === full(b);
}
