import { AppError } from '@docusnap/contracts';

/** Runs calls of S3; their failures are `storage_unavailable`, with the cause for the log. AppErrors come through as they are. */
export async function asStorage<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw toStorageError(error);
  }
}

export function toStorageError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError(isMissing(error) ? 'blob_missing' : 'storage_unavailable', undefined, { cause: error });
}

/** No such object. No such bucket is another matter: that store is not there at all. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey';
}
