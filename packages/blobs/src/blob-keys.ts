import { AppError } from '@docusnap/contracts';

const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
/** Characters; leaves room below the 4,096 bytes a path may have. */
const LONGEST_KEY = 1_024;

/**
 * The segments of a blob's key. No segment can be empty, begin with a dot or hold a separator, so a key can name nothing outside the store's
 * folder, nor the temporary files in it. A key that is not one is a mistake in our code, never a caller's: `internal`.
 */
export function segmentsOf(key: string): string[] {
  const segments = key.split('/');
  if (key.length > LONGEST_KEY || !segments.every((segment) => SEGMENT.test(segment))) {
    throw new AppError('internal', undefined, { cause: new RangeError(`not a blob key: ${JSON.stringify(key)}`) });
  }
  return segments;
}

/** The segments of a prefix, which must end in `/`: `jobs/1` would mean `jobs/10` too. */
export function segmentsOfPrefix(prefix: string): string[] {
  if (!prefix.endsWith('/')) {
    throw new AppError('internal', undefined, {
      cause: new RangeError(`not a prefix of blobs (no / at its end): ${JSON.stringify(prefix)}`),
    });
  }
  return segmentsOf(prefix.slice(0, -1));
}
