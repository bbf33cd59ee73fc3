import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The user a server runs as when the tests run as root, since PostgreSQL refuses root. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface GuardedProcess {
  /** Of the server itself, not of its guard. */
  readonly pid: number;
  /** Fulfilled when the server has ended and its folder is gone; says what it wrote at the end. */
  readonly ended: Promise<{ code: number | null; output: string }>;
  /** Ends the server at once, without a clean shutdown, and waits for it. */
  stop(): Promise<void>;
}

/**
 * Ends the server when the standard input closes, which it does however the tests end, kill -9 included. So a crashed run leaves
 * no server and no folder behind. The folder is emptied here because after kill -9 nobody else is left to do it. The guard itself is
 * silent: a shell that tells of a killed child into a pipe that nobody reads any more is ended by that.
 */
const GUARD = `
exec 3<&0
folder=$1; signal=$2; shift 2
"$@" 3<&- &
server=$!
exec 2>/dev/null
echo "$server"
( while read -r _ <&3; do :; done; kill -"$signal" "$server" 2>/dev/null ) &
watcher=$!
wait "$server"; code=$?
kill "$watcher" 2>/dev/null
[ -n "$folder" ] && rm -rf "$folder"
exit "$code"
`;

/**
 * Starts a server program that cannot outlive this process.
 *
 * @param removeFolder deleted once the server has ended; '' keeps everything
 * @param stopSignal what ends the server fastest (no data of tests is worth a clean shutdown), as `kill` writes it
 */
export async function startGuarded(
  command: readonly string[],
  options: { removeFolder: string; stopSignal: 'QUIT' | 'INT' | 'KILL'; runAs: RunAs | null; cwd: string },
): Promise<GuardedProcess> {
  const guard = spawn('sh', ['-c', GUARD, 'sh', options.removeFolder, options.stopSignal, ...command], {
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that Ctrl-C in the terminal reaches the tests first and their teardown runs.
    detached: true,
    ...(options.runAs ?? {}),
  });
  const ended = watchEnd(guard);
  const pid = await Promise.race([firstLine(guard), ended.then(({ output }) => Promise.reject(new Error(output)))]);
  return {
    pid: Number(pid),
    ended,
    async stop() {
      guard.stdin?.end();
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await once(lines, 'line')) as [string];
  lines.close();
  child.stdout!.resume();
  return line;
}

/** Keeps the last few kilobytes that the server wrote, for the message when it fails to start. */
function watchEnd(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  });
  child.stdin!.on('error', () => undefined); // The guard ended first; 'ended' reports that.
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: String(error) }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
