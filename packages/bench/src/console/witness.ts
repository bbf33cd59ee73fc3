import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';

/** What a browser complained of, and whom it asked. */
export interface Witness {
  /** One sentence each: errors in the console, exceptions, what the policy forbade. */
  readonly complaints: string[];
  /** Requests to anybody but the server. */
  readonly strangers: string[];
  /** Paths whose calls a story means to be refused: browsers write down every such answer. */
  readonly refused: Set<string>;
}

interface Told {
  cspViolated?: (what: string) => void;
}

/** Watches all pages of a context from now on. */
export async function watchContext(context: BrowserContext, origin: string): Promise<Witness> {
  const witness: Witness = { complaints: [], strangers: [], refused: new Set() };
  const complain = (what: string): void => void witness.complaints.push(what);
  await context.exposeFunction('cspViolated', complain);
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      (globalThis as Told).cspViolated?.(
        `policy ${event.effectiveDirective} forbade ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`,
      );
    });
  });
  context.on('page', (page) => watchPage(page, origin, witness));
  return witness;
}

function watchPage(page: Page, origin: string, { complaints, strangers, refused }: Witness): void {
  page.on('console', (message) => {
    const isComplaint = message.type() === 'error' || message.type() === 'warning';
    if (isComplaint && !isNotYet(message) && !isRefusal(message) && !isMeant(message, refused)) {
      complaints.push(`console ${message.type()} at ${page.url()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`exception at ${page.url()}: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(url)) strangers.push(url);
  });
}

/** A picture that is still being made is answered 409 and asked for again; browsers write down every such answer. */
function isNotYet(message: ConsoleMessage): boolean {
  return /\/pages\/\d+\/image/.test(message.location().url) && message.text().includes('status of 409');
}

/** A file that is refused is a sentence on the page, and a line that every browser writes down by itself. */
function isRefusal(message: ConsoleMessage): boolean {
  return message.location().url.endsWith('/v1/jobs') && message.text().includes('status of 422');
}

function isMeant(message: ConsoleMessage, refused: ReadonlySet<string>): boolean {
  const { url } = message.location();
  return URL.canParse(url) && refused.has(new URL(url).pathname) && /status of 4\d\d/.test(message.text());
}
