export { type ChatBody, type ChatRequest, textOfChat } from './chat.ts';
export * from './manners.ts';
export { CUT, CUT_HALFWAY, fails, HANG, HANG_HALFWAY, type Reply, refusesToSpeak, responds, says } from './replies.ts';
export { type LanguageModelServer, type Script, startLanguageModelServer } from './server.ts';
