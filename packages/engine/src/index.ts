export { arrange } from './arrange/arrange.ts';
export type { Models, Session, Tensor } from './models.ts';
export type { Raster } from './raster.ts';
export { type ReadOptions, readPage, type Stage } from './read-page.ts';
