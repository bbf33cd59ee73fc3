import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConsoleLinkBody, hasEnded, JobBody } from '@docusnap/contracts';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Figure } from '../report.ts';
import type { RunningSystem } from '../system.ts';
import { LANGUAGES, type Language, type Stage } from './story.ts';
import { type Witness, watchContext } from './witness.ts';

/** Milliseconds for one step of a person on a machine that does much else. */
const STEP_MS = 20_000;
/** The tallest page that a picture shows whole. */
const PICTURE_PX = 6_000;
const WINDOW = { width: 1_280, height: 860 } as const;

export interface Theatre {
  readonly context: BrowserContext;
  readonly witness: Witness;
  /** A new page, signed in. */
  openStage(): Promise<Stage>;
  close(): Promise<void>;
}

/** A browser of its own for one language, signed in by a link as `npm start` prints one. */
export async function openTheatre(
  browser: Browser,
  system: Pick<RunningSystem, 'url' | 'key'>,
  options: {
    readonly language: Language;
    readonly screenshots?: string | undefined;
    readonly measure: (figure: Figure) => void;
  },
): Promise<Theatre> {
  const { language, screenshots, measure } = options;
  const context = await browser.newContext({
    locale: LANGUAGES[language],
    viewport: WINDOW,
    permissions: ['clipboard-read', 'clipboard-write', 'camera'],
  });
  context.setDefaultTimeout(STEP_MS);
  const witness = await watchContext(context, system.url);
  const call = callerOf(system);
  const page = await context.newPage();
  const taken = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.goto(system.url + (await newLink(call)));
  await (await taken).finished();
  await page.locator('header nav').waitFor({ state: 'attached' });
  await page.close();
  return {
    context,
    witness,
    close: () => context.close(),
    async openStage() {
      const own = await context.newPage();
      await openPlace(own, system.url, '/');
      return {
        page: own,
        ...system,
        language,
        say: (en, zh) => ({ en, zh })[language],
        open: (place) => openPlace(own, system.url, place),
        call,
        read: (file, fields) => readFile(call, file, fields),
        picture: (name) => picture(own, screenshots, `${name}-${language}`),
        refuses: (path) => void witness.refused.add(path),
        expect(holds, sentence) {
          if (!holds) throw new Error(sentence);
        },
        measure,
      };
    },
  };
}

export async function newLink(call: Stage['call']): Promise<string> {
  return ConsoleLinkBody.parse(await call('/v1/console/links', { method: 'POST' })).path;
}

/** Goes to a page of the console and waits until its module is there and it has drawn something. */
export async function openPlace(page: Page, url: string, place: string): Promise<void> {
  const address = `${url}/#${place}`;
  if (page.url() === address) await page.reload();
  else await page.goto(address);
  await page.locator('main#content:not([aria-busy="true"]) h1').first().waitFor();
}

export function callerOf({ url, key }: Pick<RunningSystem, 'url' | 'key'>): Stage['call'] {
  return async (path, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${key}`);
    const response = await fetch(url + path, { ...init, headers });
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  };
}

async function readFile(
  call: Stage['call'],
  { name, bytes }: { readonly name: string; readonly bytes: Buffer },
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('file', new Blob([new Uint8Array(bytes)]), name);
  let job = JobBody.parse(await call('/v1/jobs', { method: 'POST', body: form }));
  while (!hasEnded(job.status)) {
    await delay(50);
    job = JobBody.parse(await call(`/v1/jobs/${job.id}?wait=60`));
  }
  return job.id;
}

async function picture(page: Page, folder: string | undefined, name: string): Promise<void> {
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  // The whole page. What is seen of it, where it is scrolled (what stays in place would be drawn in its middle), or has very many screens.
  const fullPage = await page.evaluate(
    (most) => scrollY === 0 && document.documentElement.scrollHeight < most,
    PICTURE_PX,
  );
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}
