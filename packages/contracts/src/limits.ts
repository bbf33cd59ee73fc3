/** Limits that every process agrees on. Those that operators may change are configuration (each service's config.ts), with these as defaults. */
export const LIMITS = {
  /** Bytes of one image file. */
  imageBytes: 25 * 1024 * 1024,
  /** Bytes of one PDF: a reader holds the whole file. */
  pdfBytes: 128 * 1024 * 1024,
  /** Bytes of all files of one job together. */
  documentBytes: 512 * 1024 * 1024,
  /** Width times height of one page: 100 megapixels. */
  pagePixels: 100_000_000,
  /** Characters of a password: PDF takes 127 bytes at most. */
  passwordCharacters: 127,
  /** Ranges in `options.pages`. */
  pageRanges: 100,
  /** Characters of the address of a file. */
  urlCharacters: 2_048,
  filesPerJob: 1_000,
  documentsPerBatch: 1_000,
  /** The longest time that a job may ask to be kept, in seconds: ten years. */
  retentionSeconds: 10 * 365 * 86_400,
  pagesPerJob: 10_000,
  /** Bytes of what is asked to be understood (schema, form, library), as sent. */
  askBytes: 4 * 1024 * 1024,
  /** The same of all jobs of a split request together. */
  splitAskBytes: 16 * 1024 * 1024,
  /** Pages of one document that can be understood: a dense page takes 224 KiB while it is worked on. */
  /** Pages that a language model is shown, each of some hundred kilobytes. */
  shownPages: 16,
  understoodPages: 2_000,
  /** Bytes of `metadata` as compact JSON. */
  metadataBytes: 2_048,
  /** The longest `?wait=`, in seconds. */
  waitSeconds: 60,
} as const;

/** How claims work, in seconds; the database's clock decides. */
export const LEASE = { seconds: 30, renewSeconds: 10, sweepSeconds: 5 } as const;

/** What estimates of progress are made from. */
export const PROGRESS = {
  /** Units that are counted before a job's own: each costs a poll a step in an index. */
  mostAhead: 100,
} as const;

/** How requests that carry an Idempotency-Key are remembered. */
export const IDEMPOTENCY = {
  /** Hours after which a key is forgotten, and may be used for another request. */
  hours: 24,
  keyCharacters: 255,
} as const;

/** How often a unit is tried. */
export const ATTEMPTS = {
  /** Deaths of a unit's own reader (crash, memory, time) before it is set aside. */
  readerDeaths: 2,
  /** Claims in all, with those lost together with their whole process. */
  claims: 20,
} as const;
