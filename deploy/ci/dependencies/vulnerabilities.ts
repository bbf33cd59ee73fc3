import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PATIENCE_MS = 60_000;
const OUTPUT_BYTES = 16 * 1024 * 1024;
/** As deploy/embedded/install.mjs installs with. */
const PNPM = 'pnpm@12.21.0';

export type Audit =
  | { readonly kind: 'done'; readonly found: readonly string[] }
  | { readonly kind: 'not run'; readonly why: string };

/** What the registry knows against the packages that are installed for production, of severity high and critical. */
export async function audit(root: string): Promise<Audit> {
  const said = await ask(root);
  const report = readReport(said.stdout);
  return report === null
    ? { kind: 'not run', why: reasonOf(said.stderr || said.stdout) }
    : { kind: 'done', found: vulnerabilitiesIn(report) };
}

/** pnpm ends with 1 both when it found something and when it could not look. */
async function ask(root: string): Promise<{ stdout: string; stderr: string }> {
  const asked = ['--yes', PNPM, 'audit', '--json', '--prod', '--audit-level=high'];
  try {
    return await run('npx', asked, { cwd: root, timeout: PATIENCE_MS, maxBuffer: OUTPUT_BYTES });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    return { stdout, stderr: stderr || message };
  }
}

interface Advisory {
  readonly module_name?: string;
  readonly severity?: string;
  readonly title?: string;
  readonly url?: string;
}
export interface AuditReport {
  readonly advisories: Readonly<Record<string, Advisory>>;
}

/** Null when the text is no report. */
export function readReport(text: string): AuditReport | null {
  try {
    const report: unknown = JSON.parse(text);
    return typeof report === 'object' && report !== null && 'advisories' in report ? (report as AuditReport) : null;
  } catch {
    // Words about why there is none.
    return null;
  }
}

export function vulnerabilitiesIn({ advisories }: AuditReport): string[] {
  return Object.values(advisories)
    .filter(({ severity }) => severity === 'high' || severity === 'critical')
    .map(({ module_name: name, severity, title, url }) => `${name}: ${severity}: ${title} (${url})`);
}

/** The first line that says something. */
function reasonOf(text: string): string {
  const lines = text.split('\n').map((line) => line.replaceAll(/[×│]/g, '').trim());
  const at = lines.findIndex(
    (line) => /error|respon|ENOTFOUND|ETIMEDOUT|timed? ?out/i.test(line) && !line.startsWith('npm warn'),
  );
  return (
    lines
      .slice(Math.max(0, at), at + 3)
      .filter(Boolean)
      .join(' ') || 'pnpm audit gave no report'
  );
}
