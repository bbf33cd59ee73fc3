/**
 * Opens the place where test workers ask for servers. It starts none itself: see src/servers.ts, which is loaded when the first
 * worker asks, so that a run of pure packages costs nothing.
 */
export default async function setUp() {
  const { SERVERS_VARIABLE, startTestServers } = await import('./src/servers.ts');
  const servers = await startTestServers();
  process.env[SERVERS_VARIABLE] = servers.url;
  globalThis.docusnapTestServers = servers;
}
