// Shows /openapi.json. The nonce is what the page's policy lets styles in by.
const { nonce } = document.currentScript;
const reference = document.querySelector('#reference');

// What the viewer leaves out for keyboards and screen readers, whenever it has drawn something: samples that scroll sideways can be reached, and what the
// menu says is what is seen there, the method included.
let isMending = false;
new MutationObserver(() => {
  if (isMending) return;
  isMending = true;
  requestAnimationFrame(() => {
    isMending = false;
    for (const item of reference.querySelectorAll('[role="menuitem"][aria-label]')) item.removeAttribute('aria-label');
    for (const sample of reference.querySelectorAll('pre:not([tabindex])')) sample.tabIndex = 0;
  });
}).observe(reference, { childList: true, subtree: true });

Redoc.init(
  '/openapi.json',
  {
    nonce,
    nativeScrollbars: true,
    hideDownloadButtons: true,
    requiredPropsFirst: true,
    pathInMiddlePanel: true,
    sortOperationsAlphabetically: false,
    // After the samples in three languages: of a form with files it shows nothing.
    payloadSampleIdx: 3,
    theme: {
      colors: {
        primary: { main: '#0d625d' },
        text: { primary: '#1d2327', secondary: '#565e63' },
        // Of the tab that is chosen, on the light ground that it then has.
        responses: {
          success: { color: '#1d6b3a', tabTextColor: '#7fd39a' },
          error: { color: '#a3262a', tabTextColor: '#f2a1a4' },
          redirect: { color: '#7a4d00', tabTextColor: '#e5b567' },
          info: { color: '#275b9b', tabTextColor: '#93bdf0' },
        },
        http: { get: '#1d6b3a', post: '#275b9b', put: '#7a4d00', patch: '#7a4d00', delete: '#a3262a' },
      },
      sidebar: { backgroundColor: '#f6f5f1', textColor: '#1d2327', activeTextColor: '#0d625d' },
      rightPanel: { backgroundColor: '#1c2024', textColor: '#e9e7e2' },
      typography: {
        fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
        headings: {
          fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
          fontWeight: '650',
        },
        code: {
          fontFamily: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
          color: '#a3262a',
        },
        links: { color: '#0d5e86' },
      },
    },
  },
  reference,
);
