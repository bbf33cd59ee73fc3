import { createHash } from 'node:crypto';
import swc from '@swc/jest';

/**
 * In a test, a global is looked up in the object that stands for the test's realm, each time anew: a page was read in three times the
 * processor time. So each module gets those that loops over pixels use as names of its own.
 */
const GLOBALS = [
  'Array',
  'Buffer',
  'Float32Array',
  'Float64Array',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Map',
  'Math',
  'Number',
  'Object',
  'Set',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
];

const SWC_OPTIONS = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2024', experimental: { keepImportAttributes: true } },
  module: { type: 'es6' },
};

/** Properties try the same values in every run, so that a test that passed passes again; `FAST_CHECK_SEED=2 npm test` has them try others. */
const SEED = Number(process.env.FAST_CHECK_SEED ?? 1);

/** Both on the first line, so that all others keep their numbers. */
function prepared(code) {
  const seeded = /^import fc\b.* from 'fast-check';$/m.test(code)
    ? `fc.configureGlobal({ seed: ${SEED} }); ${code}`
    : code;
  return withOwnGlobals(seeded);
}

function withOwnGlobals(code) {
  const used = GLOBALS.filter((name) => {
    const imported = new RegExp(`^import [^;]*\\b${name}\\b`, 'm');
    return new RegExp(`\\b${name}\\b`).test(code) && !imported.test(code);
  });
  return `const { ${used.join(', ')} } = globalThis; ${code}`;
}

/** What was transformed otherwise is not taken from Jest's cache. */
const version = createHash('sha256').update(`${prepared} ${withOwnGlobals} ${GLOBALS} ${SEED}`).digest('hex');

export default {
  createTransformer() {
    const { getCacheKey, process, processAsync } = swc.createTransformer(SWC_OPTIONS);
    const changed = ({ code, map }) => ({ code: prepared(code), map });
    return {
      getCacheKey: (...of) => `${getCacheKey(...of)}${version}`,
      process: (...of) => changed(process(...of)),
      processAsync: async (...of) => changed(await processAsync(...of)),
    };
  },
};
