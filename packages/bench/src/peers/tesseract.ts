import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PageFile } from '../contender/messages.ts';
import { peakRssOf } from '../contender/peak-rss.ts';
import { serveContender } from '../contender/serve.ts';

/** How often a running Tesseract is asked for its memory: it is gone before one could ask afterwards. */
const SAMPLE_MS = 20;

/**
 * The command of Tesseract with its default settings: `tesseract FILE stdout -l LANGUAGES`. It takes a file only, so its times hold the start of a
 * process, the loading of its models and the reading of an uncompressed TIFF.
 */
async function open() {
  const [threads = 'default', languages = 'eng'] = process.argv.slice(2);
  const env = threads === 'default' ? process.env : { ...process.env, OMP_THREAD_LIMIT: threads };
  let peak = 0;
  async function run(path: string): Promise<string> {
    const child = spawn('tesseract', [path, 'stdout', '-l', languages], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const look = setInterval(() => {
      peak = Math.max(peak, peakRssOf(child.pid ?? 0) ?? 0);
    }, SAMPLE_MS);
    let printed = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    try {
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`tesseract exited with ${code}: ${said.trim()}`);
      return printed;
    } finally {
      clearInterval(look);
    }
  }
  return {
    childrenPeakRss: () => peak,
    async load({ path }: PageFile) {
      return async () =>
        (await run(path))
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((text) => ({ text }));
    },
  };
}

await serveContender(open);
