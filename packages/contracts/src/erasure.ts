/** Why a job was erased: somebody asked for it, its time was up, or its tenant was erased. */
export const ERASURE_REASONS = ['request', 'expiry', 'tenant'] as const;
export type ErasureReason = (typeof ERASURE_REASONS)[number];

/** What is known of a job that was erased: counts and times, nothing of what it held. */
export interface Erasure {
  readonly jobId: string;
  readonly reason: ErasureReason;
  /** The API key that asked for it; null where none did. */
  readonly keyId: string | null;
  readonly files: number;
  /** Of the files as they came. */
  readonly bytes: number;
  readonly pages: number;
  readonly texts: number;
  readonly extractions: number;
  /** Pages that had images. */
  readonly picturedPages: number;
  readonly erasedAt: Date;
  /** Null while something of it may be left in the blob store. */
  readonly goneAt: Date | null;
}
