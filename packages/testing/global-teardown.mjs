export default async function tearDown() {
  await globalThis.docusnapTestServers?.stop();
}
