/**
 * What one page, one reader and one process cost, as measured with the shipped sample, a photograph of a full page, one page a job. All are figures of
 * `npm run bench:capacity`; a test compares those that the README prints ("What to buy") with it.
 */
export const MEASURED = {
  /** Pages a second that one reader reads on one core. */
  pagesPerSecondAndCore: 1,
  readerMib: 308,
  /** The ocr service beside its readers. */
  ocrMainMib: 140,
  gatewayMib: 260,
  /** PostgreSQL, indexes included, for a million pages kept. */
  databaseGibPerMillion: 17,
  /** Stored files, for a million pages kept. */
  filesGibPerMillion: 484,
  /** Redis, for a million units that wait. */
  redisGibPerMillionWaiting: 0.3,
  /** Milliseconds of a processor for a page: its submit, its polls and its result. */
  gatewayMsPerPage: 10,
  /** The same, of the ocr service beside its readers. */
  ocrMainMsPerPage: 4,
  /** The same, of PostgreSQL with the queue in it. */
  databaseMsPerPage: 12,
  /** Bytes of the sample. */
  uploadBytes: 249_000,
} as const;

/** What is decided, not measured. */
export const ASSUMED = {
  /** How busy cores may be: beyond, a burst waits long. */
  readersBusy: 0.8,
  othersBusy: 0.5,
  /** Connections, as the services open them at most: pools of each gateway, and of each ocr service one a reader and two more. */
  gatewayConnections: 26,
  ocrConnectionsBesideReaders: 2,
  /** And of each of them for the queue, where it is in PostgreSQL. */
  queueConnections: 5,
  /** With more cores for reading the queue is better in Redis. */
  mostCoresWithoutRedis: 8,
  /** What one PostgreSQL server takes before it is better divided; large machines have been sold with this many cores for long. */
  mostDatabaseCores: 32,
} as const;
