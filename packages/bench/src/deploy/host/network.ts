import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const OURS = '10.231.77.1/30';
const THEIRS = '10.231.77.2/30';

/** A network of its own for a machine below ours, from which the internet is reached through ours. Takes root. */
export interface Network {
  /** A file that stands for it. */
  readonly path: string;
  /** Takes all of it away again. */
  close(): Promise<void>;
}

export async function openNetwork(): Promise<Network> {
  const name = `docusnap-${process.pid}`;
  // Names of links have 15 letters at most.
  const link = `ds${process.pid}`;
  const forwarding = await readFile(FORWARDING, 'utf8');
  const undo: string[][] = [];
  const ip = (...words: string[]) => run('ip', words);
  const filter = async (words: readonly string[]): Promise<void> => {
    await run('iptables', ['-w', ...words]);
    undo.push(['iptables', '-w', ...words.map((word) => (word === '-I' ? '-D' : word))]);
  };
  const close = async (): Promise<void> => {
    for (const [program = '', ...words] of undo.reverse()) await run(program, words);
    await writeFile(FORWARDING, forwarding);
  };
  try {
    await ip('netns', 'add', name);
    undo.push(['ip', 'netns', 'delete', name]);
    await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    await ip('address', 'add', OURS, 'dev', link);
    await ip('link', 'set', link, 'up');
    const inside = (...words: string[]) => ip('-n', name, ...words);
    await inside('link', 'set', 'lo', 'up');
    await inside('address', 'add', THEIRS, 'dev', 'eth0');
    await inside('link', 'set', 'eth0', 'up');
    await inside('route', 'add', 'default', 'via', OURS.split('/')[0] ?? '');
    await filter(['-t', 'nat', '-I', 'POSTROUTING', '-s', THEIRS, '-j', 'MASQUERADE']);
    await filter(['-I', 'FORWARD', '-i', link, '-j', 'ACCEPT']);
    await filter(['-I', 'FORWARD', '-o', link, '-j', 'ACCEPT']);
    await writeFile(FORWARDING, '1\n');
  } catch (error) {
    await close();
    throw error;
  }
  return { path: `/run/netns/${name}`, close };
}
