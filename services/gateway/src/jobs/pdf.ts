import { createDeflate, createInflate } from 'node:zlib';
import { AppError, blobKeyOf, type Job, type JobFile, type JobPage } from '@docusnap/contracts';
import {
  EMBEDDABLE,
  type Filling,
  formatImagePdf,
  type ImageHead,
  type Leaf,
  type PageImages,
  readImageHead,
  type Zlib,
} from '@docusnap/formats';
import type { Ports } from '../ports.ts';
import { openPagePicture, pagePictureHead } from './page-picture.ts';
import { through } from './through.ts';

/** What a searchable PDF is made from. */
export interface PdfSource {
  readonly job: Job;
  /** Opens the job's files. */
  readonly dataKey: Buffer;
  readonly leaves: AsyncIterable<Leaf>;
  /** Values for the blanks of its forms. */
  readonly filling?: Filling | undefined;
}

/** An overlay holds the whole PDF in memory, several times over while it is parsed. */
const LARGEST_OVERLAID = 128 * 1024 * 1024;
const PDF: string = 'application/pdf';

const ZLIB: Zlib = {
  deflate: (source) => through(source, createDeflate()),
  inflate: (source) => through(source, createInflate()),
};

/**
 * The searchable PDF of an ended job: its one PDF with words laid upon it, or its images: JPEG and PNG as they came, of other kinds the large
 * image of each page. Throws `not_acceptable` for what cannot be shown so, and `gateway_busy`, before the first byte.
 */
export async function* jobPdf(
  ports: Ports,
  source: PdfSource,
  options: { readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const files = source.job.files.filter((file) => file.status !== 'failed');
  const [first] = files;
  if (files.length === 1 && first?.mediaType === PDF) yield* overlaidPdf(ports, source, first, options);
  else yield* imagePdf(ports, source, files);
}

/** One page as a searchable PDF, where its file is an image. */
export async function* pagePdf(ports: Ports, source: PdfSource, { fileIndex }: JobPage): AsyncGenerator<Uint8Array> {
  yield* imagePdf(
    ports,
    source,
    source.job.files.filter((file) => file.index === fileIndex),
  );
}

async function* imagePdf(ports: Ports, source: PdfSource, files: readonly JobFile[]): AsyncGenerator<Uint8Array> {
  for (const file of files) refuseUnlessImage(file);
  const asTheyCame = new Map<number, ImageHead | null>();
  for (const { index, mediaType } of files) {
    if (!EMBEDDABLE.has(mediaType)) continue;
    asTheyCame.set(index, await readImageHead(mediaType, fileBytes(ports, source, index)));
  }
  const images: PageImages = {
    head(page) {
      const head = asTheyCame.get(page.fileIndex);
      return head === undefined ? pagePictureHead(ports, source, page) : Promise.resolve(head);
    },
    open: (page) =>
      asTheyCame.has(page.fileIndex) ? fileBytes(ports, source, page.fileIndex) : openPagePicture(ports, source, page),
  };
  yield* formatImagePdf(source.job.name, source.leaves, images, ZLIB, source.filling);
}

function refuseUnlessImage({ index, mediaType }: JobFile): void {
  if (mediaType !== PDF) return;
  throw new AppError(
    'not_acceptable',
    `File ${index + 1} is a PDF among several files, or one page of it; a searchable PDF is made of images, or of a job's only file when that is a PDF.`,
  );
}

async function* overlaidPdf(
  ports: Ports,
  source: PdfSource,
  file: JobFile,
  { signal }: { readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  if (file.bytes > LARGEST_OVERLAID) {
    throw new AppError('not_acceptable', `A text layer is added to PDFs of at most ${LARGEST_OVERLAID} bytes.`);
  }
  const open = (): AsyncIterable<Uint8Array> => fileBytes(ports, source, file.index);
  const added = await ports.overlays.run({ bytes: file.bytes, open }, source.leaves, {
    tenantId: source.job.tenantId,
    signal,
    filling: source.filling,
  });
  yield* open();
  yield added;
}

function fileBytes(ports: Ports, { job, dataKey }: PdfSource, fileIndex: number): AsyncIterable<Uint8Array> {
  return ports.blobs.get(blobKeyOf(job.id, fileIndex), dataKey);
}
