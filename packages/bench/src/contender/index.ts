export { type Inference, watchInference } from './inference.ts';
export type { DecodeTask, PageFile, ReadLine } from './messages.ts';
export { type Pixels, readPixels, writePage } from './page-file.ts';
export { type Contender, serveContender } from './serve.ts';
