export { extractByRules, type FieldSchema, type NumberedPage } from './extract.ts';
export { type Grounding, ground, type Hint } from './grounding/ground.ts';
export { type IndexedPage, indexPages } from './grounding/page-index.ts';
export { DEEPEST_SCHEMA, MOST_PROPERTIES, readCallerSchema } from './model/caller-schema.ts';
export type { LanguageModel, Message, ModelAnswer, PagePicture, Question } from './model/language-model.ts';
export { estimateTokens } from './model/tokens.ts';
export { libraryFrom } from './tasks/library.ts';
export { refuseUnanswerable, type UnderstandOptions, understand } from './understand.ts';
