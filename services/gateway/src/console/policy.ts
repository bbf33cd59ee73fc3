/** What the console's pages may load and ask: this server and nobody else, no script and no style but those of its own files. */
export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Of what a browser has, pages of ours use the camera, by their own buttons. */
export const CONSOLE_PERMISSIONS =
  'camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()';
