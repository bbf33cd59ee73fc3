import { defineConfig } from 'vite';

/** The console is static files that the gateway serves at `/`; nothing in them comes from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Browsers of the last two years: light-dark(), :has() and dialogs need no second form.
    target: ['chrome125', 'firefox125', 'safari17.5'],
    cssTarget: ['chrome125', 'firefox125', 'safari17.5'],
    // Pictures stay files: data: addresses in scripts cannot be kept by a browser on their own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
