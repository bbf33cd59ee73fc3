import type { Block } from '@docusnap/contracts';
import { arrange, type Models, type Raster, type Session, type Tensor } from '@docusnap/engine';
// The stages themselves, past the engine's door: for this record, which is of what nobody else need know of.
import { findLines } from '../../../../packages/engine/src/detect/find-lines.ts';
import { heightOf, lengthOf, quadOf, type Region } from '../../../../packages/engine/src/geometry/region.ts';
import { orient } from '../../../../packages/engine/src/orient/orient.ts';
import { prepare } from '../../../../packages/engine/src/prepare/prepare.ts';
import { recognise } from '../../../../packages/engine/src/recognise/recognise.ts';
import { EFFORTS, FIRST_LOOK_PIXELS } from '../../../../packages/engine/src/settings.ts';
import { straighten } from '../../../../packages/engine/src/straighten/straighten.ts';
import {
  type Digest,
  digestOfInputs,
  digestOfMap,
  digestOfPlanes,
  digestOfQuad,
  digestOfRaster,
  digestOfSizes,
  rounded,
} from './digest.ts';

/** The stages in their order, and between them what a model was given or gave: each drift is its own, a stage's or a model's. */
export const STEPS = [
  'page',
  'prepare',
  'detection model',
  'detect',
  'straighten',
  'orient',
  'line pictures',
  'recognise',
  'arrange',
] as const;
export type Step = (typeof STEPS)[number];
export type Digests = Readonly<Record<Step, Digest>>;

export interface Walk {
  readonly digests: Digests;
  readonly blocks: readonly Block[];
}

/** Takes a page through the stages of `readPage`, one by one, and notes what each gives. */
export async function walk(models: Models, page: Raster): Promise<Walk> {
  const effort = EFFORTS.accurate;
  const first = prepare(page, FIRST_LOOK_PIXELS);
  const detection = noted(models.detection);
  const found = await findLines(detection.session, page, first, effort);
  const { regions, quarter, columns, asked } = await straighten(models, page, found, { first, effort });
  const candidates = await orient(models.orientation, page, regions, { known: asked, columns });
  const recognition = noted(models.recognition);
  const lines = await recognise({ ...models, recognition: recognition.session }, page, candidates, {
    ...effort,
    lanes: 1,
  });
  const blocks = arrange(lines);
  return {
    blocks,
    digests: {
      page: digestOfRaster(page),
      prepare: { scales: [rounded(first.scaleX, 4), rounded(first.scaleY, 4)], input: digestOfPlanes(first.input) },
      'detection model': detection.outputs.map(digestOfMap),
      detect: linesFound(found.regions),
      straighten: { quarter, columns, asked: asked.length, ...linesFound(regions) },
      orient: candidates.map(({ ways, column, columnFirst = false }) => ({
        ways: quadsOf(ways),
        column: column === undefined ? null : digestOfQuad(quadOf(column)),
        columnFirst,
      })),
      'line pictures': digestOfInputs(recognition.inputs),
      recognise: lines.map(({ text, confidence, quad, words }) => ({
        text,
        confidence: rounded(confidence, 2),
        quad: digestOfQuad(quad),
        words: words.map((word) => digestOfQuad(word.quad)),
      })),
      arrange: blocks.map((block) => block.lines.map(({ text }) => text)),
    },
  };
}

/** Lines are found in no useful order: of two that begin level, one pixel of the map decides. This order is one that no pixel decides. */
function byPlace(regions: readonly Region[]): Region[] {
  const place = ({ origin, along, across }: Region) => {
    const middle = [0, 1].map((axis) => origin[axis]! + (along[axis]! + across[axis]!) / 2);
    return middle[0]! + middle[1]! * SLANT;
  };
  return [...regions].sort((a, b) => place(a) - place(b));
}
/** Not a direction that lines of print are set in. */
const SLANT = 0.37;

function linesFound(regions: readonly Region[]) {
  const sizes = digestOfSizes(regions.map((region) => [lengthOf(region), heightOf(region)]));
  return { count: regions.length, sizes, quads: quadsOf(byPlace(regions)) };
}

function quadsOf(regions: readonly Region[]): Digest {
  return regions.map((region) => digestOfQuad(quadOf(region)));
}

/** A session that keeps what goes in and comes out. */
function noted(session: Session): { session: Session; inputs: Tensor[]; outputs: Tensor[] } {
  const [inputs, outputs]: [Tensor[], Tensor[]] = [[], []];
  const run: Session['run'] = async (given) => {
    const gave = await session.run(given);
    // Copies: what goes in and comes out is given back when it has been used.
    inputs.push(...Object.values(given).map(copyOf));
    outputs.push(...Object.values(gave).map(copyOf));
    return gave;
  };
  const { inputNames, outputNames } = session;
  return { session: { inputNames, outputNames, run }, inputs, outputs };
}

function copyOf({ data, dims }: Tensor): Tensor {
  return { data: data.slice(), dims };
}
