/** Where a process runs: its own end of the network. */
export interface Place {
  readonly name: string;
  /** What it listens on, as others reach it. */
  readonly address: string;
  /** What a command begins with that is to run there. */
  readonly enter: readonly string[];
}

/** The network between the processes of a fleet, which can be cut between any two of them. */
export interface Network {
  readonly kind: 'namespaces' | 'proxies';
  /** Where the suite itself is: a caller of the gateways. */
  readonly caller: string;
  place(name: string): Promise<Place>;
  /** The address under which `from` reaches a port of `to`. Asked for once for each pair, before anything is cut. */
  route(from: string, to: string, port: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Nothing passes between the two any more. In namespaces packets vanish, and connections stay open; proxies close them. */
  cut(a: string, b: string): Promise<void>;
  mend(a: string, b: string): Promise<void>;
  close(): Promise<void>;
}

/** The name of the suite's own place. */
export const CALLER = 'caller';
