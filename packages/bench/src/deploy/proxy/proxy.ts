import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';
import type { Caller } from '../stack/call.ts';
import { type NginxOptions, renderNginx, startNginx } from '../stack/nginx.ts';
import { makeCertificate } from '../stack/secrets.ts';
import type { Closing } from '../stack/servers.ts';
import {
  lookAtHeaders,
  lookAtLimits,
  lookAtRefusals,
  lookAtRetries,
  lookAtRuleSet,
  lookAtTransport,
  type Stage,
} from './behaviour.ts';
import { compareProblems } from './problems.ts';
import { startUpstream } from './upstream.ts';

const run = promisify(execFile);
/** Of the strict installation. */
const BURST = 10;
const STRICT = {
  PROXY_REQUESTS_PER_SECOND: '2',
  PROXY_BURST: String(BURST),
  PROXY_BODY_MIB: '1',
  PROXY_DENY: '127.0.0.66',
  PROXY_OPERATOR_ALLOW: '127.0.0.48/28',
  PROXY_TRUSTED: '127.0.0.20',
};

/** What deploy/proxy makes of nginx: that nginx takes it in all its variants, and that it does what it should. */
export const PROXY_CHECK: DeployCheck = { name: 'proxy', short: true, run: checkProxy };

async function checkProxy(context: DeployContext): Promise<CheckOutcome> {
  const facts = openFacts();
  await compareProblems(context.root, facts);
  await compareRoom(context.root, facts);
  if (!(await hasNginx())) {
    const notRun = ['nginx is not installed (deploy/ci/tools deploy)'];
    return { figures: [facts.figure('proxy: facts')], findings: facts.findings, notRun };
  }
  const secrets = await makeCertificate(context.folder);
  const options = { root: context.root, folder: context.folder, secrets, blue: ['127.0.0.1:8000'] };
  const notRun = await lookAtVariants(options, facts);
  if (!context.short) await lookAtBehaviour(context, secrets, { facts, ruleSet: notRun.length === 0 });
  return { figures: [facts.figure('proxy: facts')], findings: facts.findings, notRun };
}

/** One worker alone has connections, and files, for all that one gateway takes: two for each. */
async function compareRoom(root: string, facts: Facts): Promise<void> {
  const numberIn = async (path: string, pattern: RegExp): Promise<number> =>
    Number(pattern.exec(await readFile(join(root, path), 'utf8'))?.[1]?.replaceAll('_', ''));
  const template = 'deploy/proxy/templates/nginx.conf';
  const gateway = await numberIn('services/gateway/src/server.ts', /^const MOST_CONNECTIONS = ([\d_]+);/m);
  const worker = await numberIn(template, /^ *worker_connections (\d+);/m);
  const files = await numberIn(template, /^worker_rlimit_nofile (\d+);/m);
  const unit = await numberIn('deploy/systemd/docusnap-proxy.service', /^LimitNOFILE=(\d+)$/m);
  facts.note(`${template}: a worker has connections for a gateway's clients`, worker >= 2 * gateway, worker);
  facts.note(`${template}: a worker has files for its connections`, files > worker, files);
  facts.note('deploy/systemd/docusnap-proxy.service: allows as many', unit >= files, unit);
}

export async function hasNginx(): Promise<boolean> {
  return run('nginx', ['-v'], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } }).then(
    () => true,
    () => false,
  );
}

/** Has nginx read the configuration in all variants there are. Gives what could not be. */
async function lookAtVariants(options: NginxOptions, facts: Facts): Promise<string[]> {
  const variants: Record<string, Record<string, string>> = {
    default: {},
    strict: STRICT,
    everything: {
      ...STRICT,
      PROXY_ALLOW: '10.0.0.0/8 127.0.0.0/8',
      PROXY_SERVER_NAME: 'a.example b.example',
      PROXY_ADDRESSES: '127.0.0.1 127.0.0.2',
      PROXY_ACME_ROOT: '/var/www/acme',
      PROXY_STATUS_PORT: '18081',
      PROXY_PUBLIC_HTTPS_PORT: '8443',
      PROXY_WAF: 'off',
    },
  };
  for (const [name, settings] of Object.entries(variants)) {
    facts.note(`deploy/proxy: nginx takes the variant ${name}`, ...(await taken({ ...options, settings })));
  }
  const [refused] = await taken({ ...options, settings: { PROXY_SERVER_NAME: 'a; } server { ' } });
  facts.note('deploy/proxy/render: a value that would open a block is refused', !refused);
  const [modsecurity, why] = await taken({ ...options, settings: { PROXY_WAF: 'modsecurity' } });
  if (!modsecurity && String(why).includes('needs nginx'))
    return ['PROXY_WAF=modsecurity: its module for nginx is not installed'];
  facts.note('deploy/proxy: nginx takes the variant modsecurity', modsecurity, why);
  return [];
}

async function taken(options: NginxOptions): Promise<[boolean, unknown?]> {
  try {
    await renderNginx(options);
    return [true];
  } catch (error) {
    return [false, error instanceof Error ? error.message : error];
  }
}

async function lookAtBehaviour(
  context: DeployContext,
  secrets: NginxOptions['secrets'],
  { facts, ruleSet }: { facts: Facts; ruleSet: boolean },
): Promise<void> {
  const closing: Closing = [];
  try {
    const upstreams = [await startUpstream(), await startUpstream()] as const;
    for (const upstream of upstreams) closing.push(upstream.close);
    const blue = upstreams.map(({ address }) => address);
    const certificate = await readFile(secrets.certificate, 'utf8');
    const open = async (name: string, settings: Record<string, string>): Promise<Stage> => {
      const folder = join(context.folder, name);
      const proxy = await startNginx({ root: context.root, folder, secrets, blue, settings }, closing);
      const caller: Caller = { url: `https://localhost:${proxy.httpsPort}`, key: 'ds_test', certificate };
      return { caller, proxy, upstreams, facts };
    };
    const ordinary = await open('ordinary', {});
    await lookAtTransport(ordinary);
    await lookAtHeaders(ordinary);
    await lookAtRefusals(ordinary);
    await lookAtRetries(ordinary);
    await lookAtLimits(await open('strict', STRICT), { burst: BURST });
    if (ruleSet) await lookAtRuleSet(await open('rules', { PROXY_WAF: 'modsecurity' }));
  } finally {
    for (let step = closing.pop(); step; step = closing.pop()) await step();
  }
}
