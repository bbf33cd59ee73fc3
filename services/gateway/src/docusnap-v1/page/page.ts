import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { EncryptionKey } from '../keys.ts';

/** A page as it is sent, with the policy that lets its own script and style run and nothing else. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

/** The page on which the service can be tried in a browser, with the public key in it. It asks for nothing but the calls of the protocol. */
export function trialPage({ kid, publicPem }: Pick<EncryptionKey, 'kid' | 'publicPem'>): Page {
  const script = read('page.js');
  // As functions, since in a text `$&` and the like would stand for something.
  const html = read('page.html')
    .replace('{{kid}}', () => kid)
    .replace('{{pem}}', () => publicPem.trim())
    .replace('<!--script-->', () => `<script>${script}</script>`);
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
