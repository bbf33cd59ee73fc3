import type { Failure } from './errors.ts';
import type { Task } from './understanding.ts';

/** A job's life; the last five are ends. `understanding` comes after the pages when a job asks to be understood. */
export const JOB_STATUSES = [
  'queued',
  'opening',
  'reading',
  'understanding',
  'completed',
  'partial',
  'failed',
  'cancelled',
  'expired',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export const ENDED: ReadonlySet<JobStatus> = new Set(['completed', 'partial', 'failed', 'cancelled', 'expired']);

export function hasEnded(status: JobStatus): boolean {
  return ENDED.has(status);
}

/** What a client may ask of a job; stored with it. */
export interface JobOptions {
  /** 0 to 9, within the tenant; higher goes first. */
  readonly priority: number;
  /** Name of the set of models to read with; the readers' first where absent. */
  readonly model?: string | undefined;
  /** `accurate` where absent. */
  readonly setting?: ReadSetting | undefined;
  /** Which pages of the job are read, "1-3,7", counted from 1 over all files in order; all where absent. */
  readonly pages?: string | undefined;
  /** Opens encrypted PDFs. Sealed under the job's data key, base64: never stored, logged or shown in the clear. */
  readonly password?: string | undefined;
  /** Values that no page proves are left out of what is understood. */
  readonly require_grounding?: boolean | undefined;
  /** A language model that sees is shown the pages, too. */
  readonly vision?: boolean | undefined;
  readonly pdf?: { readonly text: PdfText } | undefined;
  /** Whether barcodes and QR codes are read too; not where absent. */
  readonly barcodes?: boolean | undefined;
  /** False: no page of it is taken from one that was read before, and none is kept in mind for later ones. */
  readonly cache?: boolean | undefined;
  /** False: nobody will look at its pages, so no images of them are made. Not to be asked for by callers. */
  readonly renditions?: boolean | undefined;
  /** W3C `traceparent` of the submit: what is done for the job belongs below it. Not to be asked for by callers, nor shown. */
  readonly trace_parent?: string | undefined;
}

/** How much work a page is worth: fewest errors, or more pages in the same time. */
export const READ_SETTINGS = ['accurate', 'fast'] as const;
export type ReadSetting = (typeof READ_SETTINGS)[number];

/** Where the text of a PDF is taken from: its text layer where that is good and the pixels elsewhere, only the pixels, or only the layer. */
export const PDF_TEXT = ['auto', 'never', 'only'] as const;
export type PdfText = (typeof PDF_TEXT)[number];

/** What a file is, by its magic bytes. */
export const MEDIA_TYPES = [
  'application/pdf',
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
  'image/heic',
  'image/bmp',
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

const OF_SEVERAL_PAGES: ReadonlySet<MediaType> = new Set(['application/pdf', 'image/tiff']);
/** Whether a file of this type is one page whatever it holds: of an animation the first frame is read. Of other files it is found by opening them. */
export const isOnePage = (mediaType: MediaType): boolean => !OF_SEVERAL_PAGES.has(mediaType);

export type FileStatus = 'queued' | 'opened' | 'failed';

export interface JobFile {
  /** Position in the job, from 0. */
  readonly index: number;
  readonly name: string;
  readonly mediaType: MediaType;
  readonly bytes: number;
  /** Of the file as it came, lower-case hex. */
  readonly sha256: string;
  readonly status: FileStatus;
  /** Null until the file is opened. */
  readonly pages: number | null;
  readonly error: Failure | null;
}

export const PAGE_STATUSES = ['queued', 'done', 'failed'] as const;
export type PageStatus = (typeof PAGE_STATUSES)[number];

/**
 * Milliseconds by stage name, as the reader measured them: decode, prepare, detect, orient, recognise, arrange, read (all of readPage), seal; and
 * `total`, from handing the page to a reader to its answer. A page that failed has at most the total of its last attempt.
 */
export type StageTimes = Readonly<Record<string, number>>;

export interface JobPage {
  /** Position in the job, from 1, over all its opened files in order; null while a file before it waits to be opened. It never changes. */
  readonly number: number | null;
  readonly fileIndex: number;
  /** Position in the file, from 0. */
  readonly fileFrame: number;
  readonly status: PageStatus;
  readonly attempts: number;
  readonly error: Failure | null;
  readonly stages: StageTimes | null;
  /** The job's version when this page ended; orders the events of a job. */
  readonly version: number | null;
}

export interface Job {
  readonly id: string;
  readonly tenantId: string;
  /** Name of the first file, for lists and filters. */
  readonly name: string;
  readonly status: JobStatus;
  readonly options: JobOptions;
  /** The caller's own JSON object, echoed as it came. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Null until every file is opened. */
  readonly pagesTotal: number | null;
  readonly pagesDone: number;
  readonly pagesFailed: number;
  readonly error: Failure | null;
  /** Grows by one with every visible change: the ETag and the event id. */
  readonly version: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** The batch it belongs to. */
  readonly batchId: string | null;
  /** What of it is not done by then is given up. */
  readonly deadline: Date | null;
  /** When it is erased; null where that is not known yet. */
  readonly expiresAt: Date | null;
  readonly files: readonly JobFile[];
  /** Null where nothing is asked to be understood. */
  readonly understanding: JobUnderstanding | null;
}

/** Many documents under one name, each a job. */
export interface Batch {
  readonly id: string;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
  /** Jobs that are there; erased ones are not. */
  readonly documents: number;
  /** Of those, the ones that have not ended. */
  readonly running: number;
  readonly byStatus: Readonly<Partial<Record<JobStatus, number>>>;
  /** Null while a file of one of them waits to be opened. */
  readonly pagesTotal: number | null;
  readonly pagesDone: number;
  readonly pagesFailed: number;
}

/** waiting: for its pages. queued: waits for the lane, or is in its hands. */
export const UNDERSTANDING_STATUSES = ['waiting', 'queued', 'done', 'failed'] as const;
export type UnderstandingStatus = (typeof UNDERSTANDING_STATUSES)[number];

export interface JobUnderstanding {
  readonly task: Task;
  readonly status: UnderstandingStatus;
  readonly error: Failure | null;
}

/** Where a running job stands; estimates. */
export interface JobProgress {
  /** Units of work that go before its next one, counted no further than PROGRESS.mostAhead; 0 when one of it is in hand. Null: not known. */
  readonly ahead: number | null;
  /** Seconds until it will have ended if the readers go on as they do. Null: not known. */
  readonly etaSeconds: number | null;
}

/** A job's data key as it is stored: sealed by the master key of that id. */
export interface WrappedKey {
  readonly masterKeyId: string;
  readonly wrapped: Uint8Array;
}

/** What a unit of work asks for. */
export type UnitKind = 'open' | 'read';

/**
 * A unit of work in hand: a lease on a file to open or a page to read. `token` is the fencing token: every claim gets a new one, and
 * saving compares it, so that a late holder cannot overwrite a later one.
 */
export interface Unit {
  readonly id: string;
  readonly kind: UnitKind;
  readonly jobId: string;
  readonly tenantId: string;
  readonly fileIndex: number;
  /** Position of the page in its file, from 0; null for a file to open. */
  readonly fileFrame: number | null;
  readonly mediaType: MediaType;
  readonly options: JobOptions;
  readonly key: WrappedKey;
  readonly token: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
}

/** Where a job's files lie in the blob store. */
export function blobKeyOf(jobId: string, fileIndex: number): string {
  return `jobs/${jobId}/files/${fileIndex}`;
}

/** The images of a page for viewers: one for lists of pages, one to read from. */
export const RENDITIONS = ['small', 'large'] as const;
export type Rendition = (typeof RENDITIONS)[number];

/** Pixels across; a page that is narrower is shown at its own width. */
export const RENDITION_WIDTH: Readonly<Record<Rendition, number>> = { small: 320, large: 1_600 };

/** Where an image of a page lies in the blob store; it goes with the job. */
export function renditionKeyOf(jobId: string, fileIndex: number, fileFrame: number, rendition: Rendition): string {
  return `jobs/${jobId}/pages/${fileIndex}-${fileFrame}/${rendition}`;
}

/** All blobs of a job begin with this. */
export function blobPrefixOf(jobId: string): string {
  return `jobs/${jobId}/`;
}
