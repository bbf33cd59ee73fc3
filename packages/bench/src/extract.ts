import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ResultBody } from '@docusnap/contracts';
import { type Client, erase, getResult, openClient, submit, submitJson, waitForEnd } from './client.ts';
import { measureGrounding } from './extract/grounding.ts';
import { readTruth, SCORED, type ScoredField, type Truth } from './extract/truth.ts';
import { type Image, listImages } from './pages/images.ts';
import { type Figure, figure, median, report } from './report.ts';
import { startSystem } from './system.ts';
import { runCommand, UsageError, wholeNumber } from './usage.ts';

/**
 * How well fields are found in a folder of documents, and how well they are proven: through the API of a whole system, by rules, or by the language
 * model that LLM_BASE_URL and LLM_MODEL name. Beside each picture lies NAME.json with `lines`, and with `keys` where its fields are known.
 */

const USAGE = 'npm run bench:extract -- --images DIR [--fills N] [--json FILE]';

/** Shares of documents whose field has to be right. */
const TARGETS: Readonly<Record<ScoredField, number>> = { date: 0.9, total: 0.8, company: 0.7 };
const GROUNDED_TARGET = 0.95;
const REFUSED_TARGET = 0.99;
const FILL_TARGET_MS = 50;
const SCHEMA = {
  type: 'object',
  properties: {
    company: { type: 'string', description: 'Name of the company that issued the document.' },
    date: { type: 'string', format: 'date', description: 'Date of issue.' },
    total: { type: 'number', description: 'Total amount to pay.' },
  },
};

interface Extracted {
  readonly image: Image;
  readonly truth: Truth;
  readonly result: ResultBody;
}

async function extract(client: Client, image: Image): Promise<Extracted> {
  const truth = readTruth(join(dirname(image.path), `${image.name}.json`));
  if (!truth) throw new UsageError(`There is no ${image.name}.json beside ${image.path}`);
  const fields = { task: 'extract', schema: JSON.stringify(SCHEMA) };
  const { job } = await submit(client, image.name, readFileSync(image.path), { cache: false }, fields);
  const ended = await waitForEnd(client, job.id);
  const result = await getResult(client, job.id);
  await erase(client, job.id);
  if (!result.extraction) throw new Error(`${image.name} ended ${ended.status}: ${JSON.stringify(ended.extraction)}`);
  return { image, truth, result };
}

function isRight({ truth, result }: Extracted, field: ScoredField): boolean {
  const wanted = truth.keys[field];
  if (wanted === undefined) return true;
  const { value = null, normalized = null } = result.extraction?.fields[field] ?? {};
  const said = field === 'company' ? value : (normalized ?? value);
  return said !== null && SCORED[field](String(said)) === SCORED[field](wanted);
}

function fieldFigures(pages: readonly Extracted[]): Figure[] {
  return (Object.keys(TARGETS) as ScoredField[]).flatMap((field) => {
    const known = pages.filter(({ truth }) => truth.keys[field] !== undefined);
    if (known.length === 0) return [];
    const right = known.map((page) => Number(isRight(page, field)));
    for (const [at, page] of known.entries()) {
      const found = page.result.extraction?.fields[field];
      if (!right[at]) console.error(`${page.image.name}: ${field} is ${page.truth.keys[field]}, found ${found?.value}`);
    }
    return [figure(`${field} right`, '', mean(right), right, { atLeast: TARGETS[field] })];
  });
}

function groundingFigures(pages: readonly Extracted[]): Figure[] {
  const random = generator(1);
  const measured = pages.flatMap(({ truth, result }) => {
    const text = result.pages[0]?.text;
    return text ? [measureGrounding(text, truth, random)] : [];
  });
  const found = measured.flatMap((one) => one.found);
  const refused = measured.flatMap((one) => one.refused);
  return [
    figure('lines of the truth whose evidence stands there', '', mean(found), found, { atLeast: GROUNDED_TARGET }),
    figure('made-up values not grounded', '', mean(refused), refused, { atLeast: REFUSED_TARGET }),
  ];
}

/** Submit to result of filling a form, on an idle system. */
async function fillFigure(client: Client, fills: number): Promise<Figure> {
  const labels = ['Surname', 'Given names', 'Date of birth', 'Passport number', 'Address', 'E-mail'];
  const kv = {
    Surname: 'Eriksson',
    'Given names': 'Anna Maria',
    'Date of birth': 'Aug 12, 1974',
    'Document number': 'L898902C3',
  };
  const body = {
    task: 'fill',
    form: { fields: labels, kv: {} },
    library: [{ type: 'doc', id: 'd1', title: 'Passport', kv }],
  };
  const times: number[] = [];
  for (let at = 0; at < fills + 3; at += 1) {
    const started = performance.now();
    const job = await submitJson(client, body);
    await waitForEnd(client, job.id);
    await getResult(client, job.id);
    // The first ones start the thread.
    if (at >= 3) times.push(performance.now() - started);
  }
  return figure('fill by rules, submit to result, median', 'ms', median(times), times, { atMost: FILL_TARGET_MS });
}

function mean(samples: readonly number[]): number {
  return samples.length === 0 ? 0 : samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/** Numbers from 0 to 1, the same in every run (Numerical Recipes' linear congruence). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: { images: { type: 'string' }, fills: { type: 'string', default: '50' }, json: { type: 'string' } },
  });
  if (values.images === undefined) throw new UsageError('Expected --images, a folder of documents');
  const fills = wholeNumber('fills', values.fills);
  const { images } = listImages(values.images, {});
  const system = await startSystem();
  try {
    const client = openClient(system.url, system.key);
    const pages: Extracted[] = [];
    for (const image of images) pages.push(await extract(client, image));
    console.error(`Understood by ${pages[0]?.result.extraction?.engine}, ${pages.length} documents.`);
    const rules = process.env.LLM_BASE_URL === undefined ? [await fillFigure(client, fills)] : [];
    client.agent.destroy();
    return report([...fieldFigures(pages), ...groundingFigures(pages), ...rules], values.json);
  } finally {
    await system.stop();
  }
}

process.exitCode = await runCommand(USAGE, main);
