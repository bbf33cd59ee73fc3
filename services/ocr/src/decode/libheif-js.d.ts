/** libheif compiled to WebAssembly; the package has no types for this entry. What is used of it is described where it is used. */
declare module 'libheif-js/wasm-bundle.js' {
  const libheif: unknown;
  export default libheif;
}
