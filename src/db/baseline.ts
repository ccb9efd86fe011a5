import { applicationTables } from './catalog/queries.ts';
import { readCatalog } from './catalog.ts';
import type { Sql } from './db.ts';
import { installJournal, removeJournal } from './journal.ts';
import { installRestore, removeRestore } from './restore.ts';

/**
 * Remembers the present content of every table in schema `statewright` of the same database, with the
 * statements that bring it back, and starts the journal. Asked again, it forgets the former baseline.
 */
export async function rememberBaseline(sql: Sql): Promise<void> {
  const seesDdl = await installJournal(sql);
  await installRestore(sql);
  const shape = seesDdl ? null : (await readCatalog(sql)).digest;
  await sql.query('insert into statewright.baseline_shape (digest) values ($1)', [shape]);
  const targets = await readTargets(sql);
  const filled = await readFilled(sql, targets);
  const copies = targets.map((target) => (filled.has(target.oid) ? copyOf(target) : null));
  const statements = targets.flatMap((target, index) => {
    const copy = copies[index];
    if (!copy) return [];
    return [`create unlogged table ${copy} as select * from ${target.source}`, `analyze ${copy}`];
  });
  if (statements.length > 0) await sql.query(statements.join(';\n'));
  const restores = targets.map((target, index) => restoring(target, copies[index] ?? null));
  await sql.query(
    `insert into statewright.baseline
     select * from jsonb_populate_recordset(null::statewright.baseline, $1)`,
    [JSON.stringify(restores)],
  );
}

/** Takes the baseline, its copies and the journal's triggers out of the database again. */
export async function forgetBaseline(sql: Sql): Promise<void> {
  await removeJournal(sql);
  await removeRestore(sql);
}

/** A table as the restoring statements need it; every name is quoted already. */
interface Target {
  readonly oid: number;
  readonly id: string;
  /** As SQL reads it: without the rows of tables that inherit from it. */
  readonly source: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns that can be written: not the generated ones. */
  readonly given: readonly string[];
  readonly keys: readonly string[] | null;
}

async function readTargets(sql: Sql): Promise<Target[]> {
  const rows = await sql.query(`
    select c.oid::int8::float8 as oid,
      case when c.nspname = 'public' then '' else c.nspname || '.' end || c.relname as id,
      case when k.relkind = 'p' then '' else 'only ' end || format('%I.%I', c.nspname, c.relname)
        as source,
      format('%I.%I', c.nspname, c.relname) as name,
      array(select quote_ident(a.attname) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        order by a.attnum) as columns,
      array(select quote_ident(a.attname) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum) as given,
      (select array_agg(quote_ident(a.attname)) from pg_index i
        join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as keys
    from (${applicationTables}) c join pg_class k on k.oid = c.oid`);
  // The shape is that of the query above.
  return [...rows] as unknown as Target[];
}

async function readFilled(sql: Sql, targets: readonly Target[]): Promise<Set<number>> {
  if (targets.length === 0) return new Set();
  const probes = targets.map(
    ({ oid, source }) => `select ${oid}::float8 as oid where exists (select from ${source})`,
  );
  const rows = await sql.query(probes.join('\nunion all\n'));
  return new Set(rows.map((row) => Number(row['oid'])));
}

const copyOf = (target: Target) => `statewright.base_${target.oid}`;

/**
 * `remove` deletes what the baseline doesn't hold (rows made or changed since), `put` brings in what is
 * missing, `differs` counts the rows that are not as they were. Rows are compared by their stored image
 * (`record_image_eq`): that needs no equality operator, which json has none of.
 */
function restoring(target: Target, copy: string | null) {
  const { oid, id, source, name, keys } = target;
  const about = { relation: oid, id, copy };
  if (!copy) {
    const differs = `select count(*) from ${source}`;
    return { ...about, remove: `delete from ${source}`, put: null, differs };
  }
  const given = target.given.join(', ');
  const put = `insert into ${name} (${given}) overriding system value select ${given} from ${copy} b`;
  if (!keys) {
    const all = `select row(${target.columns.join(', ')})::text from`;
    const extra = (one: string, other: string) =>
      `(select count(*) from (${all} ${one} except all ${all} ${other}) d)`;
    const differs = `select ${extra(source, copy)} + ${extra(copy, source)}`;
    return { ...about, remove: `delete from ${source}`, put, differs };
  }
  const join = keys.map((key) => `b.${key} = x.${key}`).join(' and ');
  const image = (alias: string) => `row(${target.columns.map((c) => `${alias}.${c}`).join(', ')})`;
  const same = `record_image_eq(${image('b')}, ${image('x')})`;
  return {
    ...about,
    remove: `delete from ${source} x where not exists (select from ${copy} b where ${join} and ${same})`,
    put: `${put} where not exists (select from ${source} x where ${join})`,
    differs: `select count(*) from ${source} x full join ${copy} b on ${join}
      where x.${keys[0]} is null or b.${keys[0]} is null or not ${same}`,
  };
}
