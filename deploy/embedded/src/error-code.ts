/** The code the operating system gave an error: ENOENT, EADDRINUSE, ...; undefined for what has none. */
export function errorCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
