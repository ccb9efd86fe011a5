import { StatewrightError } from '../kernel/errors.ts';
import type { ApiCall, Statement } from '../state/state.ts';

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
  if (facts.sqlstate === '42501') {
    return new StatewrightError(
      'run.notAllowed',
      `The role may not write ${rows.join(', ')}: ${error.message}.`,
      {
        hint: 'Grant it what src/run/README.md lists (The guard), a policy of row security that takes the row included.',
        facts,
        ending: 'refused',
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

/** A trigger or rule dropped rows on their way in. */
export function swallowed(step: Statement, count: number): StatewrightError {
  const names = step.rows.map(({ name }) => name);
  return new StatewrightError(
    'run.notAsPlanned',
    `The database made ${count} rows less than ${names.join(', ')} should be.`,
    {
      hint: 'A trigger or rule of the table drops the row; set what it asks for in the plan.',
      facts: { rows: names, missing: count },
    },
  );
}

/** Rows that could never be taken away again, in a database that others use. */
export function unremovable(steps: readonly Statement[], cause: unknown): StatewrightError {
  const rows = steps.flatMap((step) => step.rows);
  const names = rows.map(({ name }) => name);
  const why =
    cause instanceof Error && !(cause instanceof StatewrightError)
      ? cause.message
      : (KEPT[cause instanceof StatewrightError ? cause.code : ''] ?? 'a trigger keeps them');
  return new StatewrightError(
    'run.unremovable',
    `The database would not let ${names.join(', ')} be taken away again: ${why}.`,
    {
      hint: 'Set the state up in a database of its own, which goes as a whole: leave out --db.',
      facts: { rows: names, table: rows[0]?.table ?? null },
      cause,
    },
  );
}

const KEPT: Readonly<Record<string, string>> = {
  'run.rowsElsewhere': 'a trigger changes them, and without a primary key they are not found again',
  'run.rowsKept': 'a trigger keeps them, or a rule or policy',
};

/** A match, or the search for a row the app made, that found none or several. */
export function notOne(
  step: { readonly name: string; readonly table: string },
  count: number,
  hint = 'Make the match of the plan fit exactly one row of the database.',
): StatewrightError {
  const many = count === 0 ? 'no row' : 'more than one row';
  return new StatewrightError(
    'run.notOneRow',
    `"${step.name}" should be one row of "${step.table}"; there is ${many}.`,
    {
      hint,
      facts: { row: step.name, table: step.table, found: count },
    },
  );
}

/** A call where no app runs. */
export function needsApp(call: ApiCall): StatewrightError {
  return new StatewrightError(
    'run.needsApp',
    `"${call.name}" needs the running app: ${call.reason}.`,
    {
      hint: 'Start it with --start, or say where it runs with --app URL.',
      facts: { call: call.name },
    },
  );
}

/** A row like the one the app is to be asked for is there before it is asked. */
export function taken(name: string, { table, by }: NonNullable<ApiCall['made']>): StatewrightError {
  return new StatewrightError(
    'run.collision',
    `A row of "${table}" with the ${by.join(', ')} of "${name}" is there already.`,
    {
      hint: 'Take down the run that made it (`statewright gc`), or choose another value in the plan.',
      facts: { row: name, table, columns: [...by] },
    },
  );
}

/** What a state expects does not hold. */
export function unmet(about: readonly string[], plan: string): StatewrightError {
  return new StatewrightError(
    'run.notAsPlanned',
    `After set-up this does not hold: ${about.join('; ')}.`,
    {
      hint: 'Rows that were there before, or a trigger, stand in the way; an own database has neither.',
      facts: { about: [...about], plan },
    },
  );
}
