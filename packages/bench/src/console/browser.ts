import { findTool, whyAbsent } from '@docusnap/testing';
import { type Browser, chromium } from 'playwright-core';

/** Why no browser can be started here; null when one can. */
export const whyNoBrowser = (): string | null => whyAbsent('chromium');

/** Debian's Chromium without a window. A page can use its camera, which shows a test picture. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findTool('chromium');
  if (executablePath === null) throw new Error(String(whyNoBrowser()));
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({
    executablePath,
    args: [...asRoot, '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
}
