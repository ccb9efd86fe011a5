import { StatewrightError } from '../../kernel/errors.ts';
import { showHidden } from '../../report/visible.ts';

export const EXIT = { done: 0, findings: 1, failed: 2, refused: 3 } as const;

/** Writes what went wrong to stderr and says how the process ends. */
export function reportFailure(error: unknown): number {
  if (error instanceof StatewrightError) {
    process.stderr.write(showHidden(`\n${error.code}: ${error.message}\n${error.hint}\n`));
    return error.ending === 'refused' ? EXIT.refused : EXIT.failed;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  process.stderr.write(
    `\n${showHidden(stack ?? '')}\n\nThis is a bug in Statewright; please report it with the lines above.\n`,
  );
  return EXIT.failed;
}
