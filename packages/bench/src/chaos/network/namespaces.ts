import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type GuardedProcess, startGuarded } from '@docusnap/testing';
import { CALLER, type Network, type Place } from './network.ts';

const run = promisify(execFile);
/** Set aside for tests of networks (RFC 2544): 198.18.N.0/24, one for each network. */
const NETS = 256;
const netAddress = (net: number, host: number): string => `198.18.${net}.${host}`;
/** Nobody has it: what is sent there is dropped by everyone. */
const NOWHERE = '02:00:00:00:00:fe';
const LOOK_EVERY_MS = 5;

interface Node extends Place {
  readonly pid: number;
  readonly device: string;
}

/**
 * A network namespace for each place, on one bridge in a namespace of its own, which the suite is on too. A pair is cut by telling both ends a
 * wrong hardware address of the other: no packet arrives, and nobody is told. Needs root. Namespaces are held by processes that cannot
 * outlive this one, so nothing is left behind.
 */
export async function openNamespaces(): Promise<Network> {
  const holders: GuardedProcess[] = [];
  const nodes = new Map<string, Node>();

  async function hold(): Promise<number> {
    const holder = await startGuarded(['unshare', '--net', 'sleep', 'infinity'], {
      removeFolder: '',
      stopSignal: 'KILL',
      runAs: null,
      cwd: '/',
    });
    holders.push(holder);
    const ours = await readlink('/proc/self/ns/net');
    while ((await readlink(`/proc/${holder.pid}/ns/net`)) === ours) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return holder.pid;
  }
  const close = async (): Promise<void> => {
    await Promise.all(holders.map((holder) => holder.stop()));
  };

  try {
    const hub = await hold();
    await ip(hub, 'link add br0 type bridge', 'link set br0 up');
    const net = randomInt(NETS);
    const door = `dsnap${hub}`;
    await ip(
      null,
      `link add ${door} type veth peer name p1 netns ${hub}`,
      `addr add ${netAddress(net, 1)}/24 dev ${door}`,
    );
    await ip(null, `link set ${door} up`);
    await ip(hub, 'link set p1 master br0', 'link set p1 up');
    nodes.set(CALLER, { name: CALLER, address: netAddress(net, 1), enter: [], pid: process.pid, device: door });

    const addNode = async (name: string): Promise<Node> => {
      const pid = await hold();
      const host = nodes.size + 1;
      const port = `p${host}`;
      const address = netAddress(net, host);
      await ip(null, `link add ${port} netns ${hub} type veth peer name eth0 netns ${pid}`);
      await ip(hub, `link set ${port} master br0`, `link set ${port} up`);
      await ip(pid, 'link set lo up', `addr add ${address}/24 dev eth0`, 'link set eth0 up');
      const node = { name, address, enter: ['nsenter', '--target', String(pid), '--net', '--'], pid, device: 'eth0' };
      nodes.set(name, node);
      return node;
    };
    const tell = async (a: string, b: string, what: (other: Node, device: string) => string): Promise<void> => {
      const [one, two] = [nodeOf(nodes, a), nodeOf(nodes, b)];
      await ip(inside(one), what(two, one.device));
      await ip(inside(two), what(one, two.device));
    };
    return {
      kind: 'namespaces',
      caller: CALLER,
      place: addNode,
      route: async (_from, to, port) => ({ host: nodeOf(nodes, to).address, port }),
      cut: (a, b) =>
        tell(a, b, ({ address }, device) => `neigh replace ${address} lladdr ${NOWHERE} dev ${device} nud permanent`),
      mend: (a, b) => tell(a, b, ({ address }, device) => `neigh del ${address} dev ${device}`),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function inside({ name, pid }: Node): number | null {
  return name === CALLER ? null : pid;
}

function nodeOf(nodes: ReadonlyMap<string, Node>, name: string): Node {
  const node = nodes.get(name);
  if (!node) throw new RangeError(`Expected a place of the network, got ${name}`);
  return node;
}

/** Runs commands of iproute2, in the namespace of a process or here. */
async function ip(pid: number | null, ...commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const words = ['ip', ...command.split(' ')];
    const [program = 'ip', ...args] = pid === null ? words : ['nsenter', '--target', String(pid), '--net', ...words];
    await run(program, args);
  }
}
