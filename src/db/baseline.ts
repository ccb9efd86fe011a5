import { installCapture, removeCapture } from './capture.ts';
import { applicationTables } from './catalog/queries.ts';
import { readCatalog } from './catalog.ts';
import type { Sql } from './db.ts';
import { installJournal, removeJournal } from './journal.ts';
import { rememberLargeSql } from './large-objects.ts';
import { fixedText, installRestore, removeRestore } from './restore.ts';

/**
 * Remembers the present content of every table, and the large objects, in schema `statewright` of the same database, with the
 * statements that bring it back, and starts the journal. Asked again, it forgets the former baseline.
 */
export async function rememberBaseline(sql: Sql): Promise<void> {
  const seesDdl = await installJournal(sql);
  await installRestore(sql);
  await installCapture(sql);
  const shape = seesDdl ? null : (await readCatalog(sql)).digest;
  const targets = await readTargets(sql);
  const copies = targets.map(
    ({ oid, image, source }) => `select ${oid}::oid, ${image} from ${source} x`,
  );
  await sql.query(`
    select ${fixedText};
    insert into statewright.baseline_shape (digest) values (${shape ? `'${shape}'` : 'null'});
    ${copies.map((copy) => `insert into statewright.baseline_rows ${copy};`).join('\n')}
    insert into statewright.baseline_sequences
      select s.seqrelid, pg_sequence_last_value(s.seqrelid), s.seqstart
      from pg_sequence s join pg_class c on c.oid = s.seqrelid
      where c.relpersistence <> 't' and c.relnamespace <> 'statewright'::regnamespace;
    ${rememberLargeSql};
    analyze statewright.baseline_rows`);
  await sql.query(
    `insert into statewright.baseline
     select * from jsonb_populate_recordset(null::statewright.baseline, $1)`,
    [JSON.stringify(targets.map(restoring))],
  );
}

/** Takes the baseline and the journal's triggers out of the database again. */
export async function forgetBaseline(sql: Sql): Promise<void> {
  await removeJournal(sql);
  await removeCapture(sql);
  await removeRestore(sql);
}

/** A table as the restoring statements need it; every name is quoted already. */
interface Target {
  readonly oid: number;
  readonly id: string;
  /** As SQL reads it: without the rows of tables that inherit from it. */
  readonly source: string;
  readonly name: string;
  /** A row, as `x`, in the text form that casts back to the table's row type. */
  readonly image: string;
  /** The columns that can be written: not the generated ones. */
  readonly given: readonly string[];
  readonly keyed: boolean;
}

async function readTargets(sql: Sql): Promise<Target[]> {
  const rows = await sql.query(`
    select c.oid::int8::float8 as oid,
      case when c.nspname = 'public' then '' else c.nspname || '.' end || c.relname as id,
      case when k.relkind = 'p' then '' else 'only ' end || format('%I.%I', c.nspname, c.relname)
        as source,
      format('%I.%I', c.nspname, c.relname) as name,
      (select 'row(' || coalesce(string_agg(format('x.%I', a.attname), ', ' order by a.attnum), '')
          || ')::text' from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as image,
      array(select quote_ident(a.attname) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        order by a.attnum) as given,
      exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary) as keyed
    from (${applicationTables}) c join pg_class k on k.oid = c.oid`);
  // The shape is that of the query above.
  return [...rows] as unknown as Target[];
}

/**
 * `remove` deletes what the baseline doesn't hold (rows made or changed since), `put` brings in what is
 * missing, `differs` counts the rows that are not as they were. Rows are compared as text, for json and
 * others have no equality. Without a key there may be equal rows, so all are replaced and all counted.
 */
function restoring(target: Target) {
  const { oid, id, source, image, keyed } = target;
  const rows = `from statewright.baseline_rows b where b.relation = ${oid}`;
  const inTable = `select from ${source} x where ${image} = b.image`;
  const missing = keyed ? `and not exists (${inTable})` : '';
  const extra = `${source} x where not exists (select ${rows} and b.image = ${image})`;
  const put = insertImages(
    target,
    `statewright.baseline_rows b where b.relation = ${oid} ${missing}`,
  );
  const about = { relation: oid, id, keyed, put, ...capturing(target) };
  if (keyed) {
    const differs = `select (select count(*) from ${extra})
      + (select count(*) ${rows} and not exists (${inTable}))`;
    return { ...about, remove: `delete from ${extra}`, differs };
  }
  const held = `select b.image ${rows}`;
  const found = `select ${image} from ${source} x`;
  const differs = `select (select count(*) from (${held} except all ${found}) d)
    + (select count(*) from (${found} except all ${held}) d)`;
  return { ...about, remove: `delete from ${source}`, differs };
}

/**
 * `gain` and `loss` write down the rows a capture (its name is $1) has more and less than the baseline,
 * `take` deletes the lost ones again, `give` brings the gained ones in.
 */
function capturing(target: Target) {
  const { oid, source, image } = target;
  const held = `select b.image from statewright.baseline_rows b where b.relation = ${oid}`;
  const found = `select ${image} from ${source} x`;
  const note = (gone: boolean, rows: string) =>
    `insert into statewright.captured_rows select $1, ${oid}, ${gone}, d.image from (${rows}) d (image)`;
  const captured = (gone: boolean) =>
    `statewright.captured_rows b where b.name = $1 and b.relation = ${oid} and b.gone = ${gone}`;
  return {
    gain: note(false, `${found} except all ${held}`),
    loss: note(true, `${held} except all ${found}`),
    take: `delete from ${source} x where exists (select from ${captured(true)} and b.image = ${image})`,
    give: insertImages(target, captured(false)),
  };
}

/** Brings in rows from images; `from` names where they are, as `b`. */
function insertImages({ name, given }: Target, from: string): string {
  const fields = given.map((column) => `(r.x).${column}`).join(', ');
  // OFFSET 0 keeps the cast to one a row; expanded, it would run once a column.
  return `insert into ${name} (${given.join(', ')}) overriding system value
    select ${fields} from (select b.image::${name} as x from ${from} offset 0) r`;
}
