// `node deploy/docker/sbom.mjs NAME`, where packages are installed: prints a bill of materials (CycloneDX 1.6) of them, read from what is there and not
// from what was asked for. Debian's packages of the image are what dpkg says.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [name] = process.argv.slice(2);
if (name === undefined) throw new Error('usage: node deploy/docker/sbom.mjs NAME');
const own = JSON.parse(readFileSync('package.json', 'utf8'));
const read = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Folders of packages in pnpm's store: STORE/ENTRY/node_modules/[@SCOPE/]NAME; other packages are links there. */
function* installed(store) {
  for (const entry of readdirSync(store, { withFileTypes: true })) {
    const modules = join(store, entry.name, 'node_modules');
    if (!entry.isDirectory() || entry.name === 'node_modules' || !existsSync(modules)) continue;
    for (const found of readdirSync(modules, { withFileTypes: true })) {
      if (!found.isDirectory()) continue;
      const folder = join(modules, found.name);
      if (!found.name.startsWith('@')) yield folder;
      else {
        for (const scoped of readdirSync(folder, { withFileTypes: true })) {
          if (scoped.isDirectory()) yield join(folder, scoped.name);
        }
      }
    }
  }
}

function licencesOf({ license, licenses }) {
  const text =
    typeof license === 'string' ? license : (license?.type ?? licenses?.map((one) => one.type ?? one).join(' OR '));
  if (!text) return {};
  // An identifier, or an expression of several.
  return {
    licenses: /[ (]/.test(text)
      ? [{ expression: text }]
      : [{ license: /^[A-Za-z0-9.+-]+$/.test(text) ? { id: text } : { name: text } }],
  };
}

const components = new Map();
for (const folder of installed(join('node_modules', '.pnpm'))) {
  if (!existsSync(join(folder, 'package.json'))) continue;
  const manifest = read(folder);
  // npm's address of a package: the @ of a scope is encoded.
  const purl = `pkg:npm/${manifest.name.replace('@', '%40')}@${manifest.version}`;
  components.set(purl, {
    type: 'library',
    'bom-ref': purl,
    name: manifest.name,
    version: manifest.version,
    purl,
    ...licencesOf(manifest),
  });
}

const list = [...components.values()].sort((one, other) => (one.purl < other.purl ? -1 : 1));
const digest = createHash('sha256').update(JSON.stringify(list)).digest('hex');
// Of what is listed, so that the same contents give the same file.
const serial = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-5$3-8$4-$5');
const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: `urn:uuid:${serial}`,
  version: 1,
  metadata: {
    component: {
      type: 'container',
      'bom-ref': `docusnap-${name}`,
      name: `docusnap/${name}`,
      version: own.version,
      licenses: [{ license: { id: own.license } }],
    },
  },
  components: [
    {
      type: 'platform',
      'bom-ref': 'node',
      name: 'node',
      version: process.versions.node,
      licenses: [{ license: { id: 'MIT' } }],
    },
    ...list,
  ],
};
process.stdout.write(`${JSON.stringify(bom, null, 1)}\n`);
