/**
 * Opens the place where test workers ask for servers. It starts none itself: see src/servers.ts, which is loaded when the first
 * worker asks, so that a run of pure packages costs nothing.
 */
export default async function setUp() {
  const { SERVERS_VARIABLE, startTestServers } = await import('./src/servers.ts');
  const { temporaryFolder } = await import('./src/folders.ts');
  const servers = await startTestServers();
  process.env[SERVERS_VARIABLE] = servers.url;
  globalThis.docusnapTestServers = servers;
  // Dozens of tests start the ocr service, which would prepare the same models each time.
  const folder = await temporaryFolder('prepared-models');
  process.env.OCR_PREPARED_DIR = folder.path;
  globalThis.docusnapPreparedModels = folder;
}
