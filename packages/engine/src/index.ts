export { arrange } from './arrange/arrange.ts';
export { type Furniture, findFurniture } from './furniture/furniture.ts';
export type { Models, Session, Tensor } from './models.ts';
export type { Raster } from './raster.ts';
export { type ReadOptions, readPage, type Stage } from './read-page.ts';
export { release } from './release.ts';
export { findRulings, type Rulings, type Stroke } from './rulings/rulings.ts';
export { findTables } from './tables/tables.ts';
