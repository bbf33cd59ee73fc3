import type { BlobPasses } from '@docusnap/blobs';
import {
  AppError,
  ERRORS,
  type ErrorCode,
  isErrorCode,
  type MediaType,
  type ModelVersions,
  type PdfText,
  type ReadSetting,
  type Rendition,
  type StageTimes,
} from '@docusnap/contracts';

/**
 * What the ocr service's main process and its reader processes say to each other, over the IPC channel of `fork` with advanced
 * serialization. A reader answers requests one after another, in the order they came.
 */

/** Read the header of a stored file: how many frames (pages) does it hold? */
export interface OpenRequest {
  readonly kind: 'open';
  readonly blobKey: string;
  /** The job's data key, in the clear. */
  readonly dataKey: Uint8Array;
  readonly mediaType: MediaType;
  /** Opens an encrypted PDF; in the clear. */
  readonly password?: string | undefined;
  /** Of one frame, width times height. */
  readonly maxPixels: number;
}

/** Read one frame of a stored file and seal what was read. */
export interface ReadRequest {
  readonly kind: 'read';
  readonly blobKey: string;
  readonly dataKey: Uint8Array;
  readonly mediaType: MediaType;
  readonly password?: string | undefined;
  /** Of a PDF: where its text is taken from. */
  readonly pdfText: PdfText;
  /** From 0. */
  readonly frame: number;
  /** What the sealed PageText is bound to. */
  readonly sealContext: string;
  readonly maxPixels: number;
  /** Name of the set of models to read with; the reader's first where absent. */
  readonly model?: string | undefined;
  /** `accurate` where absent. */
  readonly setting?: ReadSetting | undefined;
  readonly barcodes?: boolean | undefined;
  /** Whether to ask for a page that was read before, and what names the programs that read. */
  readonly cache?: { readonly reading: string } | undefined;
}

/** Make the images of a page for viewers and store them. The reader that has just read the page may still hold its pixels. */
export interface RenderRequest {
  readonly kind: 'render';
  readonly blobKey: string;
  readonly dataKey: Uint8Array;
  readonly mediaType: MediaType;
  readonly password?: string | undefined;
  readonly frame: number;
  readonly maxPixels: number;
  /** Of the page, in the space of its text. */
  readonly size: { readonly width: number; readonly height: number };
  /** Where they are stored. */
  readonly renditionKeys: Readonly<Record<Rendition, string>>;
}

/** Read the first frame of an image that came with the request. */
export interface ReadBytesRequest {
  readonly kind: 'readBytes';
  readonly bytes: Uint8Array;
  readonly maxPixels: number;
  readonly model?: string | undefined;
  /** `accurate` where absent. */
  readonly setting?: ReadSetting | undefined;
  readonly barcodes?: boolean | undefined;
}

/**
 * How a ReadBytesRequest crosses: its bytes follow on the reader's standard input. As part of the message they would be copied at once, which
 * held up the main loop for 60 to 100 ms at 25 MiB; a pipe takes them piece by piece.
 */
export interface ReadPipedRequest {
  readonly kind: 'readPiped';
  /** How many bytes follow. */
  readonly length: number;
  readonly maxPixels: number;
  readonly model?: string | undefined;
  /** `accurate` where absent. */
  readonly setting?: ReadSetting | undefined;
  readonly barcodes?: boolean | undefined;
}

export type Request = OpenRequest | ReadRequest | RenderRequest | ReadBytesRequest;

export interface OpenReply {
  readonly frames: number;
  readonly stages: StageTimes;
}

export interface ReadReply {
  /** PageText as JSON, compressed and sealed under the data key and `sealContext`. */
  readonly sealed: Uint8Array;
  readonly stages: StageTimes;
  /** Width times height of the page that was read. */
  readonly pixels: number;
  readonly size: RenderRequest['size'];
  /** Whether the reader holds the page's pixels until its next request; else it had the text without them. */
  readonly holdsPixels: boolean;
}

export interface RenderReply {
  /** Milliseconds as `renditions`. */
  readonly stages: StageTimes;
  readonly bytes: Readonly<Record<Rendition, number>>;
}

export interface ReadBytesReply {
  /** PageText as JSON text: the main process passes it on without parsing it. */
  readonly page: string;
  readonly stages: StageTimes;
  readonly pixels: number;
}

export type Reply<R extends Request> = R extends OpenRequest
  ? OpenReply
  : R extends ReadRequest
    ? ReadReply
    : R extends RenderRequest
      ? RenderReply
      : ReadBytesReply;

/** A failure as it crosses processes. `cause` is for the log only, and is there only for what nobody expected. */
export interface WireFailure {
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly cause: string | undefined;
}

/** What a reader says first, once its models are loaded. */
export interface Ready {
  readonly kind: 'ready';
  /** The execution provider that really runs. */
  readonly provider: string;
  readonly models: ModelVersions;
  /** Resident memory in bytes. */
  readonly rss: number;
  /** Where the time of its start went, from when the process was made. */
  readonly start?: StageTimes;
}

/** What a reader says instead of `ready` when it cannot start; it then exits. */
export interface Unable {
  readonly kind: 'unable';
  /** One sentence for the operator. */
  readonly reason: string;
}

export interface ToReader {
  readonly id: number;
  readonly request: OpenRequest | ReadRequest | RenderRequest | ReadPipedRequest;
  /** Inference threads it may use. */
  readonly threads: number;
  /** For the blobs it needs, where readers do not reach the store by themselves. */
  readonly passes?: BlobPasses | undefined;
  /** Requests of one seat are answered one after another, those of several at once; 0 where absent. */
  readonly seat?: number | undefined;
}

/** A page that was read before, and what opens it. */
export interface KnownPage {
  readonly sealed: Uint8Array;
  readonly dataKey: Uint8Array;
  readonly sealContext: string;
}

/** Looks for a page that was read before by its fingerprint; null when there is none, or none was found in time. Never throws. */
export type Recall = (fingerprint: Uint8Array) => Promise<KnownPage | null>;

/** The answer to a reader that asked in the midst of a request; it is not put in line behind that request. */
export interface Recalled {
  readonly kind: 'recalled';
  /** Of the request. */
  readonly id: number;
  readonly page: KnownPage | null;
}

export type FromReader =
  | Ready
  | Unable
  | {
      readonly kind: 'done';
      readonly id: number;
      readonly reply: OpenReply | ReadReply | RenderReply | ReadBytesReply;
      readonly rss: number;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: WireFailure; readonly rss: number }
  | { readonly kind: 'recall'; readonly id: number; readonly fingerprint: Uint8Array };

/** Any thrown value as it crosses to the main process; what is no AppError becomes `internal` with its stack for the log. */
export function toWire(error: unknown): WireFailure {
  if (error instanceof AppError) {
    const detail = error.message.slice(ERRORS[error.code].message.length).trim();
    return {
      code: error.code,
      detail: detail === '' ? undefined : detail,
      cause: error.code === 'internal' ? causeOf(error) : undefined,
    };
  }
  return { code: 'internal', detail: undefined, cause: causeOf(error) };
}

/** The AppError that `toWire` took apart. */
export function fromWire(failure: WireFailure): AppError {
  const code = isErrorCode(failure.code) ? failure.code : 'internal';
  return new AppError(code, failure.detail, { cause: failure.cause });
}

function causeOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
