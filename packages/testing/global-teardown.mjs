export default async function tearDown() {
  await globalThis.docusnapTestServers?.stop();
  await globalThis.docusnapPreparedModels?.remove();
}
