import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

const HERE = import.meta.dirname;
/** The one thing that the viewer would fetch from elsewhere: a picture, which it hides where it does not come. */
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';

function withoutLogo(text) {
  if (text.split(LOGO).length !== 2) throw new Error('Expected the viewer to have its logo in one place.');
  return text.replace(LOGO, 'data:,');
}

/** Puts the page of the API reference into dist/: the ready bundle of its viewer, which nobody loads but who opens that page, and what starts it. */
export function copyViewer(dist) {
  const bundle = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  const put = (name, path, change = (text) => text) => {
    const bytes = Buffer.from(change(readFileSync(path, 'utf8')));
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
    const file = `assets/${name}-${hash}${extname(path)}`;
    writeFileSync(join(dist, file), bytes);
    return `/${file}`;
  };
  const places = {
    viewer: put('redoc', bundle, withoutLogo),
    start: put('docs', join(HERE, 'start.js')),
    style: put('docs', join(HERE, 'docs.css')),
  };
  put('redoc-licences', join(dirname(bundle), 'redoc.standalone.js.LICENSE.txt'));
  // The nonce stays: it is another one with each answer.
  const page = readFileSync(join(HERE, 'docs.html'), 'utf8');
  writeFileSync(
    join(dist, 'docs.html'),
    page.replaceAll(/\{\{(\w+)\}\}/g, (whole, name) => places[name] ?? whole),
  );
}
