/** What the console's pages may load and ask: this server and nobody else, no script and no style but those of its own files. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Pictures of pages are fetched and shown from memory; small icons of styles are data.
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self'",
  // A filled PDF is shown from memory.
  "frame-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Of what a browser has, pages of ours use the camera, by their own buttons. */
export const CONSOLE_PERMISSIONS =
  'camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()';
