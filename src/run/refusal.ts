import type { Rows, TableJob } from '../bulk/bulk.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { GRANT_IT } from './rights.ts';

/** Rows that the database refused while they were written, with what it said of each. */
export interface Refusal {
  readonly row: number;
  readonly message: string;
  readonly constraint: string;
  readonly context: string;
}

const SHOWN = 5;

/** The finding for rows that the database's own code refuses in every form. */
export function refusedRows({ job }: Rows, refused: readonly Refusal[]): StatewrightError {
  const [first] = refused;
  const numbers = refused.map(({ row }) => row + 1);
  const shown = numbers.slice(0, SHOWN).join(', ') + (numbers.length > SHOWN ? ', …' : '');
  const by = byWhom(first);
  return new StatewrightError(
    'generate.refused',
    `${job.table.sql} refuses ${refused.length} of ${job.count} rows (${shown})${by === '' ? '' : `, by ${by}`}: ${first?.message ?? ''}. Nothing was written.`,
    {
      hint: HINT,
      facts: {
        table: job.table.sql,
        constraints: by === '' ? [] : [by],
        left: refused.length,
        rows: numbers.slice(0, 100),
      },
    },
  );
}

/** What PostgreSQL said while rows were written, as a finding; anything else stays what it is. */
export function refusalOf(error: unknown, rows: Rows | null, kept: boolean): unknown {
  if (error instanceof StatewrightError || !(error instanceof Error)) return error;
  const told = (name: string) => String(Reflect.get(error, name) ?? '');
  if (!ABOUT_ROWS.test(told('code')) || told('code') === NOT_ALLOWED) return error;
  const by = byWhom({ constraint: told('constraint'), context: told('where') });
  const table = rows?.job.table.sql ?? (told('table') || 'The database');
  return new StatewrightError(
    'generate.refused',
    `${table} refuses its rows${by === '' ? '' : `, by ${by}`}: ${error.message}. ${whatStands(kept)}`,
    {
      hint: HINT,
      facts: { table, constraints: by === '' ? [] : [by], left: rows?.job.count ?? null },
      cause: error,
    },
  );
}

const NOT_ALLOWED = '42501';

/** A right that the role lacks, as a finding; anything else stays what it is. */
export function lackingRight(error: unknown, kept: boolean): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === NOT_ALLOWED)) return error;
  return new StatewrightError(
    'generate.notAllowed',
    `The role may not do what generating rows takes: ${error.message}. ${whatStands(kept)}`,
    {
      hint: GRANT_IT,
      cause: error,
      ending: 'refused',
    },
  );
}

/** The finding for rows whose foreign key points at none. */
export function unmetKey(
  { table, count }: TableJob,
  { key, missing, kept }: { key: string; missing: number; kept: boolean },
): StatewrightError {
  return new StatewrightError(
    'generate.refused',
    `${table.sql} refuses ${missing} of ${count} rows, by ${key}: they point at rows that are not there. ${whatStands(kept)}`,
    { hint: HINT, facts: { table: table.sql, constraints: [key], left: missing } },
  );
}

/** `kept` where earlier ones were committed. */
function whatStands(kept: boolean): string {
  return kept ? 'What was committed before stands.' : 'Nothing was written.';
}

const HINT =
  'Ask for fewer rows of it (--fewer makes as many as fit), or say in the config which values it takes.';

/** SQLSTATEs of what constraints, values and functions say; not of lost connections and full disks. */
const ABOUT_ROWS = /^(0A|2[0-9A-Z]|3[89BF]|42|44|P0)...$/;

function byWhom(refusal: Pick<Refusal, 'constraint' | 'context'> | undefined): string {
  const { constraint = '', context = '' } = refusal ?? {};
  const [, routine] =
    /function ("[^"]+"|[\w.]+)\(/.exec(context.replace(/PL\/pgSQL function pg_temp[^\n]*/g, '')) ??
    [];
  return [constraint, routine].filter(Boolean).join(' in ');
}
