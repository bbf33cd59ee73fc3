import { join } from 'node:path';
import type { System } from './system.ts';

/**
 * What a person sees when the system is ready: where it is, the key, and a command to paste.
 *
 * @param link opens the console signed in, once; null where there is none
 */
export function banner(system: System, sample: string, link: string | null): string {
  return `
DocuSnap is ready.

  Address   ${system.url}
${link === null ? '' : `  Console   ${link}\n            (opens it signed in, once, within 15 minutes; npm run console prints another link)\n`}  API key   ${system.apiKey}
  Logs      ${join(system.folders.logs, '*.log')}

Read the sample document:

  curl -H "Authorization: Bearer ${system.apiKey}" -F file=@${sample} \\
    "${system.url}/v1/jobs?wait=30" -H "Accept: text/plain"

Ctrl-C stops it.
`;
}
