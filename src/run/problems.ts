import { StatewrightError } from '../kernel/errors.ts';

/** A failed step, in the plan's words: whose rows, which table, what PostgreSQL said of it. */
export function stepError(
  error: unknown,
  step: {
    readonly kind: string;
    readonly name?: string;
    readonly rows?: readonly { readonly name: string }[];
  },
): unknown {
  if (error instanceof StatewrightError || !(error instanceof Error) || !('code' in error)) {
    return error;
  }
  const rows = step.rows?.map((row) => row.name) ?? [step.name ?? ''];
  const said = (key: string) => (key in error ? String(Reflect.get(error, key) ?? '') : '') || null;
  const facts = {
    rows,
    sqlstate: said('code'),
    table: said('table'),
    constraint: said('constraint'),
  };
  if (facts.sqlstate === '23505') {
    return new StatewrightError(
      'run.collision',
      `A row like one of ${rows.join(', ')} is there already: ${error.message}.`,
      {
        hint: 'Another run or the application has that value; let the plan say {"unique": …} there.',
        facts,
        cause: error,
      },
    );
  }
  return new StatewrightError(
    'run.stepFailed',
    `PostgreSQL refused ${rows.join(', ')}: ${error.message}.`,
    {
      hint: 'Compile the plan against the live catalog again; a constraint may have been added since.',
      facts,
      cause: error,
    },
  );
}

/** The same error, saying where things stand now. */
export function standing(error: unknown, where: string): unknown {
  if (!(error instanceof StatewrightError)) return error;
  const { code, hint, facts, ending, cause } = error;
  return new StatewrightError(code, `${error.message} ${where}`, { hint, facts, ending, cause });
}
