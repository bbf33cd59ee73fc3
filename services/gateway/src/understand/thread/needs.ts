import type { PagePicture } from '@docusnap/extraction';
import type { Answer, Given, Known, Need } from './messages.ts';

/** What the thread asks of the main process in the midst of a question: it has the database and the files. */
export interface Needs {
  /** What was understood before of a question with this fingerprint. */
  recall(id: number, fingerprint: Uint8Array): Promise<Known | null>;
  /** The pages as pictures, as far as there are. */
  pictures(id: number): Promise<readonly PagePicture[]>;
  /** The main process has answered. */
  give(given: Given): void;
  /** Nobody waits for the answers to this question any more. */
  forget(id: number): void;
}

export function openNeeds(tell: (answer: Answer) => void): Needs {
  const asked = new Map<number, (given: Given['given']) => void>();
  const ask = (id: number, need: Need): Promise<Given['given']> =>
    new Promise((resolve) => {
      asked.set(id, resolve);
      tell({ id, need });
    });
  return {
    recall: async (id, fingerprint) => {
      const given = await ask(id, { fingerprint });
      return given && 'known' in given ? given.known : null;
    },
    pictures: async (id) => {
      const given = await ask(id, 'pictures');
      return given && 'pictures' in given ? given.pictures : [];
    },
    give: ({ to, given }) => {
      const resolve = asked.get(to);
      asked.delete(to);
      resolve?.(given);
    },
    forget: (id) => asked.delete(id),
  };
}
