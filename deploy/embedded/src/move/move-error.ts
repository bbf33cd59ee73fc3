import { StartError } from '../start-error.ts';

/** Why nothing, or nothing more, was moved. The code stays the same from version to version. */
export type MoveCode =
  | 'target_not_owner'
  | 'target_not_empty'
  | 'target_in_use'
  | 'other_version'
  | 'move_differs'
  | 'tasks_db_unreadable'
  | 'tasks_db_columns';

export class MoveError extends StartError {
  readonly code: MoveCode;

  constructor(code: MoveCode, sentence: string, options: { cause?: unknown } = {}) {
    super(`${sentence} (${code})`, options);
    this.code = code;
  }
}
