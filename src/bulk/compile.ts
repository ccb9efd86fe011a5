import type { ColumnRule } from '../config/config.ts';
import type { Copier, LayoutColumn, LayoutTable } from '../db/db.ts';
import { literal } from '../kernel/sql-text.ts';
import { earlierThan } from './agreeing-dates.ts';
import type {
  Existing,
  Parents,
  PlannedColumn,
  PlannedKey,
  RowPlan,
  Rows,
  Source,
  TableJob,
  Value,
} from './bulk.ts';
import { hintsOf } from './check-hints.ts';
import { isCounter, isText, type Roles, rolesOf } from './columns.ts';
import { componentsOf } from './components.ts';
import { distinctFor } from './distinct.ts';
import { boundsOf } from './few-values.ts';
import { alikeIn, plainOf } from './forms.ts';
import { allowedOf, freeOf } from './junction.ts';
import { baseOf, lengthOf, type Types } from './literal.ts';
import { poolOf } from './pools.ts';
import { keyOf } from './random.ts';
import { rowsOf } from './rows.ts';
import { decides, type Rules, ruleOf, valueFrom } from './rules.ts';
import { spanSource } from './spans.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Compiling {
  readonly seed: string;
  readonly types: Types;
  readonly sql: Copier;
  readonly words: Vocabulary;
  readonly rules: Rules;
  /** Columns that foreign keys of other tables refer to. */
  readonly referenced: ReadonlySet<number>;
  /** Those that must have a value, for a foreign key without NULL refers to them. */
  readonly needed: ReadonlySet<number>;
  readonly keys: readonly PlannedKey[];
  /** The table's own rows that are there, where it refers to itself and has triggers; null elsewhere. */
  readonly standing: Existing | null;
  readonly parents: (table: number) => Parents;
  /** Columns that stay without a value. */
  readonly empty: ReadonlySet<number>;
  /** Rows beyond the table's own that triggers of others may make. */
  readonly spare: number;
  readonly tables: readonly LayoutTable[];
}

/** A table's rows; `judged` where the database has to see them whole before they are written. */
export interface Compiled {
  readonly rows: Rows;
  readonly judged: boolean;
}

/** Works out a table's rows; asks the database which values its CHECKs take, and writes nothing. */
export async function compileTable(job: TableJob, at: Compiling): Promise<Compiled> {
  const { table } = job;
  const decided = new Set(
    table.columns
      .filter((column) => at.empty.has(column.number) || decides(ruleOf(at.rules, table, column)))
      .map(({ number }) => number),
  );
  const known = (oid: number) => at.parents(oid).size > 0;
  const roles = rolesOf(table, at.keys, { types: at.types, decided, tables: at.tables, known });
  const pools = new Map<number, Extract<Source, { kind: 'pool' }>>();
  for (const component of componentsOf(job, roles, at)) {
    const pool = await poolOf(component, at);
    const key = keyOf(at.seed, table.sql, ...pool.columns, 'pick');
    pool.columns.forEach((number, position) => {
      pools.set(number, { kind: 'pool', pool, position, key });
    });
  }
  const columns: PlannedColumn[] = [];
  for (const column of table.columns) {
    const source = pools.get(column.number) ?? (await sourceOf(column, job, { roles, at }));
    const keys = at.keys.flatMap(({ key }, position) =>
      key.columns.includes(column.number) ? [position] : [],
    );
    columns.push({
      column,
      source,
      keys,
      alike: alikeIn(column, table, at),
      plain: plainOf(column, at.types),
    });
  }
  const keys: PlannedKey[] = [];
  for (const [position, planned] of at.keys.entries()) {
    const unique = roles.once.get(position);
    const free = unique && !planned.self ? await freeOf(job, { planned, unique }, at) : null;
    keys.push({ ...planned, once: unique !== undefined, free });
  }
  const limits = table.checks.filter((check) => check.columns?.includes(roles.depth ?? 0));
  const limit = Math.max(
    1,
    ...hintsOf(limits.map((check) => check.sql)).numbers.map((n) => (n > 0 && n < 30 ? n : 1)),
  );
  const plan: RowPlan = {
    job,
    seed: at.seed,
    columns,
    keys,
    depth: limits.length > 0 ? limit : 6,
    standing: at.standing,
    apart: roles.apart,
    patterns: [...pools.keys()].filter((number) => roles.patterns.has(number)),
    junction: roles.junction && {
      ...roles.junction,
      allowed: await allowedOf(job, { junction: roles.junction, keys: at.keys }, at),
    },
    attempts: new Map(),
  };
  return { rows: rowsOf(plan, at), judged: roles.judged || job.offset > 0 };
}

interface Choosing {
  readonly roles: Roles;
  readonly at: Compiling;
}

const FRESH =
  /^(now\(\)|CURRENT_|LOCALTIME|statement_timestamp|clock_timestamp|transaction_timestamp|(\w+\.)?gen_random_uuid|(\w+\.)?uuid)/i;

async function sourceOf(
  column: LayoutColumn,
  job: TableJob,
  { roles, at }: Choosing,
): Promise<Source> {
  const { table } = job;
  if (column.generated) return { kind: 'omitted' };
  if (at.empty.has(column.number)) return { kind: 'constant', text: null };
  if (column.number === roles.depth) return { kind: 'depth' };
  if (isCounter(column)) return await counterOf(column, table, at.sql);
  const rule = ruleOf(at.rules, table, column);
  if (decides(rule)) return decidedBy(rule, { column, table }, at);
  const span = roles.spans.get(column.number);
  if (span) {
    // One key for both ends: the later one is as far from the earlier as that says.
    const key = keyOf(at.seed, table.sql, span.range);
    return await spanSource(span, { table, key, sql: at.sql });
  }
  const listed = roles.junction?.lists.findIndex((list) => list.column === column.number) ?? -1;
  if (listed >= 0) return { kind: 'listed', at: listed };
  const distinct = roles.distinct.has(column.number);
  const literal = constantIn(column.default);
  const fresh = FRESH.test(column.default ?? '');
  if (
    column.default !== null &&
    literal === undefined &&
    !fresh &&
    !at.referenced.has(column.number)
  ) {
    return { kind: 'omitted' };
  }
  const { base } = baseOf(column, at.types);
  const kept = literal !== undefined && literal !== null;
  const conditional = table.uniques.some(
    (unique) => unique.where && unique.uses.includes(column.number),
  );
  const steady = kept && !distinct && !/^(bool)$/.test(base.name) && base.kind !== 'e';
  if (steady && !conditional) return { kind: 'constant', text: literal };
  const key = keyOf(at.seed, table.sql, column.name);
  const start =
    distinct && /^(int|numeric|oid|float)/.test(base.name)
      ? Math.max(await above(column, table, at.sql), boundsOf(column, table).low ?? 0)
      : job.offset;
  return {
    kind: 'drawn',
    key,
    nulls: column.notNull || distinct || at.needed.has(column.number) ? 0 : (rule?.nulls ?? 0.1),
    value: isText(column, at.types)
      ? wordsFor(column, rule, at)
      : typedFor(column, job, { roles, at }),
    distinct: distinct ? distinctFor(column, at.types, start) : null,
    usual:
      kept && (!distinct || conditional)
        ? { text: literal, of: steady ? 'unrefused' : 'half' }
        : null,
  };
}

/** A column whose values the user's config decides, NULLs where it asks for them. */
function decidedBy(
  rule: ColumnRule | null,
  { column, table }: { column: LayoutColumn; table: LayoutTable },
  at: Compiling,
): Source {
  return {
    kind: 'drawn',
    key: keyOf(at.seed, table.sql, column.name),
    nulls: column.notNull ? 0 : (rule?.nulls ?? 0),
    value: valueFrom(rule, baseOf(column, at.types).base.name) ?? wordsFor(column, rule, at),
    distinct: null,
    usual: null,
  };
}

/** A date or time that comes after another of its row is drawn from there. */
function typedFor(column: LayoutColumn, { table }: TableJob, { roles, at }: Choosing): Value {
  const earlier = earlierThan(column, table, at.types);
  const free = (one: LayoutColumn) =>
    ![roles.pooled, roles.fixed, roles.distinct].some((taken) => taken.has(one.number)) &&
    earlierThan(one, table, at.types) === null;
  const drawn = earlier && free(earlier) ? earlier : null;
  return { kind: 'typed', after: drawn && keyOf(at.seed, table.sql, drawn.name) };
}

function wordsFor(column: LayoutColumn, rule: ColumnRule | null, at: Compiling): Value {
  return {
    kind: 'words',
    max: isText(column, at.types) ? lengthOf(column, at.types) : null,
    faker: rule?.faker ?? null,
    locales: rule?.locales ?? at.rules.locales,
  };
}

/** The text of a constant default; null for NULL, undefined for anything that is worked out. */
function constantIn(text: string | null): string | null | undefined {
  if (text === null) return undefined;
  if (/^NULL(::.+)?$/.test(text)) return null;
  if (/^(true|false)$/.test(text)) return text;
  const found =
    /^\(?(-?[\d.]+)\)?(?:::[\w ]+)?$|^'((?:[^']|'')*)'(?:::[\w ."]+(?:\([\d,]+\))?(?:\[\])?)?$/.exec(
      text,
    );
  if (!found || /^(now|today|tomorrow|yesterday)$/i.test(found[2] ?? '')) return undefined;
  return found[1] ?? found[2]?.replaceAll("''", "'");
}

async function above(
  { sql: name }: LayoutColumn,
  table: LayoutTable,
  sql: Copier,
): Promise<number> {
  const [row] = await sql.query(`select coalesce(max(${name}), 0)::text as top from ${table.sql}`);
  return Math.floor(Number(row?.['top'])) + 1;
}

/** Goes on where the sequence stands, past whatever is there beyond it. */
async function counterOf(column: LayoutColumn, table: LayoutTable, sql: Copier): Promise<Source> {
  const { sequence, sql: name } = column;
  if (!sequence) return { kind: 'omitted' };
  const [own] = await sql.query(`select has_sequence_privilege($1, 'select') as reads`, [
    sequence.sql,
  ]);
  // Who may only draw from it is told where it stands once it was drawn from.
  const stand =
    own?.['reads'] === true
      ? `select last_value as last, is_called as called from ${sequence.sql}`
      : `select coalesce(last, ${sequence.start}) as last, last is not null as called
         from (select pg_sequence_last_value(${literal(sequence.sql)}::regclass)) s(last)`;
  const [row] = await sql.query(
    `select last::text as last, called,
       (select ${sequence.step > 0 ? 'max' : 'min'}(${name})::text from ${table.sql}) as top
     from (${stand}) stand`,
  );
  const last = Number(row?.['last']);
  const next = row?.['called'] === true ? last + sequence.step : last;
  const top = row?.['top'] === null ? next : Number(row?.['top']) + sequence.step;
  const start = sequence.step > 0 ? Math.max(next, top) : Math.min(next, top);
  return { kind: 'counter', start, step: sequence.step };
}
