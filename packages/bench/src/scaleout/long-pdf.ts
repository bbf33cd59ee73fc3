import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { openClient, submitFiles, waitForEnd } from '../client.ts';
import { scannedPdf } from '../documents/pdfs.ts';
import { type Figure, figure, percentile } from '../report.ts';
import { loopDelayMs } from './gateway-metrics.ts';
import type { Gateway, Installation } from './installation.ts';

const PAGES = 300;
/** A4 at 100 dots an inch: as many bytes as a phone's picture made small. */
const SIZE = { width: 827, height: 1_169 } as const;
/** Of a full page. */
const LINES = 50;
const MOST_DELAY_MS = 50;
const PROBE_EVERY_MS = 10;
const DIFFERENT = 10;
const SAMPLE = new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url);

/** How late a gateway's event loop is while it builds the searchable PDF of a long document: of 300 pictures, and of one PDF of 300 scans. */
export async function measureLongPdf(installation: Installation, say: (words: string) => void): Promise<Figure[]> {
  installation.setPace({ holdMs: 0, lines: LINES });
  const pictures = await Promise.all(
    Array.from({ length: DIFFERENT }, (_, at) =>
      sharp(SAMPLE.pathname)
        .resize({ ...SIZE, fit: 'fill' })
        .jpeg({ quality: 70 + at })
        .toBuffer(),
    ),
  );
  const pages = Array.from({ length: PAGES }, (_, at) => pictures[at % DIFFERENT]!);
  const scans = scannedPdf(pages.map((bytes, at) => ({ name: `${at}`, bytes, ...SIZE, colours: 'DeviceRGB' })));
  const kinds = [
    { kind: `${PAGES} JPEGs`, files: pages.map((bytes, at) => ({ name: `page-${at}.jpg`, bytes })) },
    { kind: `one PDF of ${PAGES} scans`, files: [{ name: 'scans.pdf', bytes: scans }] },
  ];
  const figures: Figure[] = [];
  for (const { kind, files } of kinds) figures.push(...(await buildOne(installation, kind, files, say)));
  return figures;
}

async function buildOne(
  installation: Installation,
  kind: string,
  files: readonly { readonly name: string; readonly bytes: Buffer }[],
  say: (words: string) => void,
): Promise<Figure[]> {
  const [gateway, other] = installation.gateways as [Gateway, Gateway];
  const client = openClient(gateway.url, installation.key);
  const job = await submitFiles(client, files, { cache: false });
  const { status, pages_done } = await waitForEnd(client, job.id);
  client.agent.destroy();
  if (status !== 'completed' || pages_done !== PAGES)
    throw new Error(`The job of ${kind} ended ${status} with ${pages_done} pages`);
  // Images of its last pages are made behind its end.
  await pause(2_000);
  await Promise.all([loopDelayMs(gateway), loopDelayMs(other)]);
  const begun = performance.now();
  const building = new AbortController();
  const probing = probe(gateway, building.signal);
  const bytes = await fetchPdf(gateway, installation.key, job.id);
  const seconds = (performance.now() - begun) / 1_000;
  const [delay, atRest] = [await loopDelayMs(gateway), await loopDelayMs(other)];
  building.abort();
  const answers = await probing;
  say(`${kind}: ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`);
  return [
    figure(`while the PDF of ${kind} is built: event loop's delay, p99`, 'ms', delay, [], { atMost: MOST_DELAY_MS }),
    // On a machine that is busy with something else, that one is late as well.
    figure(`meanwhile: event loop's delay of a gateway that does nothing, p99`, 'ms', atRest, []),
    figure(`while the PDF of ${kind} is built: answer of /healthz, p99`, 'ms', percentile(answers, 0.99), answers),
    figure(`the PDF of ${kind}: to build and send`, 's', seconds, []),
  ];
}

async function fetchPdf({ url }: Gateway, key: string, id: string): Promise<number> {
  const answer = await fetch(`${url}/v1/jobs/${id}/result?format=pdf`, { headers: { authorization: `Bearer ${key}` } });
  if (answer.status !== 200 || !answer.body)
    throw new Error(`The PDF was answered with ${answer.status}: ${await answer.text()}`);
  let bytes = 0;
  for await (const chunk of answer.body) bytes += (chunk as Uint8Array).length;
  return bytes;
}

/** Milliseconds that a call which asks nothing of anybody takes, again and again. */
async function probe({ url }: Gateway, signal: AbortSignal): Promise<number[]> {
  const taken: number[] = [];
  do {
    const begun = performance.now();
    await (await fetch(`${url}/healthz`)).arrayBuffer();
    taken.push(performance.now() - begun);
    await pause(PROBE_EVERY_MS);
  } while (!signal.aborted);
  return taken;
}
