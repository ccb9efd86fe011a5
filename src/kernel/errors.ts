import type { Json } from './digest.ts';

/** How an edge ends: the CLI's exit code is 2 for `failed` and 3 for `refused`. */
export type Ending = 'failed' | 'refused';

/**
 * Thrown when we cannot go on. `code` is permanent (`plan.unknownTable`), `message` says what
 * happened with the value that caused it, `hint` what to do next. `facts` never hold a secret.
 */
export class StatewrightError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly facts: Readonly<Record<string, Json>>;
  readonly ending: Ending;

  constructor(
    code: string,
    message: string,
    options: { hint: string; facts?: Record<string, Json>; ending?: Ending; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.name = 'StatewrightError';
    this.code = code;
    this.hint = options.hint;
    this.facts = options.facts ?? {};
    this.ending = options.ending ?? 'failed';
  }
}
