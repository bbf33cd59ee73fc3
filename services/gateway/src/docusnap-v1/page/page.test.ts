import { createHash } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { png } from '../../test-pictures.ts';
import { openV1Stage, type V1Gateway, type V1Stage } from '../test-stage.ts';

let stage: V1Stage;
let gateway: V1Gateway;
beforeAll(async () => {
  stage = await openV1Stage();
  gateway = await stage.start();
});
afterAll(() => stage.close());

test('the page has the public key, asks nobody else for anything, and lets nothing run but its own script', async () => {
  const answer = await fetch(`${gateway.url}/api/v1`);
  expect(answer.url).toBe(`${gateway.url}/api/v1/`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
  const html = await answer.text();
  expect(html).toContain(gateway.ports.docuSnapV1!.keys[0].publicPem.trim());
  expect(html).not.toMatch(/https?:|\bsrc=|\bhref=|\bon[a-z]+=|\bstyle=|\{\{/);
  const policy = answer.headers.get('content-security-policy')!;
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self';/,
  );
  for (const tag of ['script', 'style']) {
    const parts = [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))];
    expect(parts.length).toBe(1);
    const hash = createHash('sha256').update(parts[0]![1]!).digest('base64');
    expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
  }
});

/** As much of an element as the script uses. */
interface Element {
  textContent: string;
  value: string;
  checked: boolean;
  files: Blob[];
  listeners: Record<string, (event: { preventDefault(): void }) => void>;
  addEventListener(name: string, listener: Element['listeners'][string]): void;
}

/** Runs the page's own script as a browser would, with what it uses of one. */
async function openPage(): Promise<(id: string) => Element> {
  const base = `${gateway.url}/api/v1/`;
  const html = await (await fetch(base)).text();
  const elements = new Map<string, Element>();
  const byId = (id: string): Element => {
    const [, text = ''] = new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(html) ?? [];
    const made: Element = elements.get(id) ?? {
      textContent: text,
      value: text,
      checked: false,
      files: [],
      listeners: {},
      addEventListener(name, listener) {
        this.listeners[name] = listener;
      },
    };
    elements.set(id, made);
    return made;
  };
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(html)!;
  runInNewContext(script, {
    document: { getElementById: byId },
    fetch: (path: string, init: RequestInit) => fetch(new URL(path, base), init),
    isSecureContext: true,
    crypto,
    btoa,
    atob,
    setTimeout,
    TextEncoder,
    TextDecoder,
    Uint8Array,
  });
  return byId;
}

async function said(byId: (id: string) => Element, words: RegExp): Promise<void> {
  while (!words.test(byId('status').textContent)) {
    if (/Failed/.test(byId('status').textContent)) throw new Error(byId('status').textContent);
    await new Promise((next) => setTimeout(next, 10));
  }
}

test.each([false, true])('its script sends a picture and shows what comes back; with GCM: %s', async (gcm) => {
  const byId = await openPage();
  byId('type').value = 'doc';
  byId('gcm').checked = gcm;
  byId('images').files = [new Blob([new Uint8Array(png({ width: 40, height: 30, bytes: 100_000 }))])];
  byId('ask').listeners.submit!({ preventDefault: () => undefined });
  await said(byId, /Working/);
  await stage.readPages('RENTAL AGREEMENT\nTenant: Jane Roe');
  await stage.understand();
  await said(byId, /Done/);
  expect(JSON.parse(byId('result').textContent).title).toMatch(/rental agreement/i);
  byId('clear').listeners.click!({ preventDefault: () => undefined });
  await said(byId, /Cleared/);
  expect(await stage.sql('SELECT * FROM v1_tasks')).toEqual([]);
});
