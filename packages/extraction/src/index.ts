export { extractByRules, type FieldSchema, type NumberedPage } from './extract.ts';
export { type Grounding, ground, type Hint } from './grounding/ground.ts';
export { type IndexedPage, indexPages } from './grounding/page-index.ts';
