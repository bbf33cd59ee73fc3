// Shows /openapi.json. The nonce is what the page's policy lets styles in by.
const { nonce } = document.currentScript;

Redoc.init(
  '/openapi.json',
  {
    nonce,
    nativeScrollbars: true,
    hideDownloadButtons: true,
    requiredPropsFirst: true,
    pathInMiddlePanel: true,
    sortOperationsAlphabetically: false,
    theme: {
      colors: {
        primary: { main: '#0d625d' },
        text: { primary: '#1d2327', secondary: '#565e63' },
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
  document.querySelector('#reference'),
);
