import { randomUUID } from 'node:crypto';
import { type AppError, type Line, linesOf, type PageText } from '@docusnap/contracts';
import type { CompatImage, Shape } from './receive.ts';

/** A page as the API has it that the caller was made for. */
export function compatAnswer(page: PageText, image: Pick<CompatImage, 'shape' | 'leastScore'>): object {
  const lines = linesOf(page);
  switch (image.shape) {
    case 'cnocr':
      return cnOcr(lines);
    case 'liteparse':
      return liteParse(lines);
    case 'rapidocr':
      return rapidOcr(lines);
    case 'paddlex':
      return paddleX(page, lines, image.leastScore);
  }
}

/** CnOCR's server. */
function cnOcr(lines: readonly Line[]): object {
  return {
    status_code: 200,
    results: lines.map(({ text, confidence, quad }) => ({ text, score: confidence, position: quad })),
  };
}

/**
 * LiteParse's OCR API, https://github.com/run-llama/liteparse/blob/main/OCR_API_SPEC.md: a box along the axes, and the corners in the direction of
 * reading, by which it knows print that is turned.
 */
function liteParse(lines: readonly Line[]): object {
  return {
    results: lines.map(({ text, confidence, quad }) => ({ text, bbox: boxOf(quad), confidence, polygon: quad })),
  };
}

/** RapidOCR API, https://rapidai.github.io/RapidOCRDocs/main/install_usage/rapidocr_api/usage/: lines by their number, scores as text; {} without any. */
function rapidOcr(lines: readonly Line[]): object {
  return Object.fromEntries(
    lines.map(({ text, confidence, quad }, index) => [
      index,
      { rec_txt: text, dt_boxes: quad, score: confidence.toFixed(4) },
    ]),
  );
}

/**
 * PaddleX serving of the pipeline OCR, https://github.com/PaddlePaddle/PaddleX/blob/develop/docs/pipeline_usage/tutorials/ocr_pipelines/OCR.en.md: what was
 * found, then of it what was read surely enough, both in whole pixels. No pictures are drawn, which `visualize: false` would ask for there.
 */
function paddleX(page: PageText, lines: readonly Line[], leastScore: number): object {
  const sure = lines.filter(({ confidence }) => confidence >= leastScore);
  const whole = ({ quad }: Line): number[][] => quad.map((point) => point.map(Math.round));
  const prunedResult = {
    model_settings: { use_doc_preprocessor: false, use_textline_orientation: true },
    dt_polys: lines.map(whole),
    text_type: 'general',
    textline_orientation_angles: lines.map(() => 0),
    text_rec_score_thresh: leastScore,
    rec_texts: sure.map(({ text }) => text),
    rec_scores: sure.map(({ confidence }) => confidence),
    rec_polys: sure.map(whole),
    rec_boxes: sure.map(({ quad }) => boxOf(quad).map(Math.round)),
  };
  const images = { ocrImage: null, docPreprocessingImage: null, inputImage: null };
  return {
    logId: randomUUID(),
    errorCode: 0,
    errorMsg: 'Success',
    result: {
      ocrResults: [{ prunedResult, ...images }],
      dataInfo: { width: page.width, height: page.height, type: 'image' },
    },
  };
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Around a quad, along the axes. */
function boxOf(quad: Line['quad']): Box {
  const [xs, ys] = [quad.map(([x]) => x), quad.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** An error as that API says it, and its status; null where it has no words for errors, and a problem document does as well. */
export function compatError(
  error: AppError,
  shape: Shape | undefined,
): { readonly status: number; readonly body: object } | null {
  const { status, message } = error;
  if (shape === 'paddlex') return { status, body: { logId: randomUUID(), errorCode: status, errorMsg: message } };
  // LiteParse knows 400 and 500.
  if (shape === 'liteparse') return { status: status < 500 ? 400 : status, body: { error: message } };
  return null;
}
