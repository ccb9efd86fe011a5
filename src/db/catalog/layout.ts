import type { Layout, LayoutTable, Sql, SqlType } from '../db.ts';
import { applicationTables, enforced } from './queries.ts';

/**
 * Reads what bulk rows must satisfy: tables by oid (names alone can be ambiguous), their columns with type
 * oids, keys, checks with the columns they speak of, and their types with what those are made of.
 */
export async function readLayout(sql: Sql): Promise<Layout> {
  const [before] = await sql.query(
    "select current_setting('search_path') as path, set_config('search_path', '', false)",
  );
  try {
    const tables = await sql.query(tablesSql);
    const types = await sql.query(typesSql);
    // The shapes are those of the queries below.
    return {
      tables: tables.map((row) => row['table'] as LayoutTable),
      types: new Map(types.map((row) => [row['oid'] as number, row['type'] as SqlType])),
    };
  } finally {
    await sql.query("select set_config('search_path', $1, false)", [before?.['path']]);
  }
}

/** The columns that a generated one is made from: it, or its expression, depends on them. */
const generatedFrom = `(
  select coalesce(jsonb_agg(distinct k.refobjsubid), '[]') from pg_depend k
  where k.refclassid = 'pg_class'::regclass and k.refobjid = a.attrelid
    and k.refobjsubid > 0 and k.refobjsubid <> a.attnum
    and (k.classid = 'pg_attrdef'::regclass and k.objid = d.oid
      or k.classid = 'pg_class'::regclass and k.objid = a.attrelid and k.objsubid = a.attnum))`;

const columnsOf = `(
  select jsonb_agg(jsonb_build_object(
    'number', a.attnum, 'name', a.attname, 'sql', quote_ident(a.attname),
    'type', a.atttypid::int8, 'typmod', a.atttypmod, 'notNull', a.attnotnull,
    'identity', a.attidentity <> '', 'generated', a.attgenerated <> '',
    'from', case when a.attgenerated <> '' then ${generatedFrom} else '[]' end,
    'comment', col_description(a.attrelid, a.attnum),
    'default', pg_get_expr(d.adbin, d.adrelid),
    'sequence', (
      select jsonb_build_object('sql', s.seqrelid::regclass::text, 'step', s.seqincrement,
        'start', s.seqstart, 'own', k.deptype in ('a', 'i'))
      from pg_depend k join pg_sequence s on s.seqrelid =
        case when k.classid = 'pg_class'::regclass then k.objid else k.refobjid end
      where (k.classid = 'pg_class'::regclass and k.refclassid = 'pg_class'::regclass
          and k.refobjid = a.attrelid and k.refobjsubid = a.attnum and k.deptype in ('a', 'i'))
        or (k.classid = 'pg_attrdef'::regclass and k.objid = d.oid
          and k.refclassid = 'pg_class'::regclass)
      order by k.deptype in ('a', 'i') desc limit 1)
  ) order by a.attnum)
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)`;

const uniquesOf = `(
  select jsonb_agg(jsonb_build_object(
    'name', x.relname, 'primary', i.indisprimary,
    'parts', (select jsonb_agg(pg_get_indexdef(i.indexrelid, k, true) order by k)
      from generate_series(1, i.indnkeyatts) k),
    'columns', (select jsonb_agg(k.attnum order by k.position)
      from unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
      where k.position <= i.indnkeyatts),
    'uses', (select coalesce(jsonb_agg(distinct k.refobjsubid), '[]') from pg_depend k
      where k.classid = 'pg_class'::regclass and k.objid in (i.indexrelid)
        and k.refobjid = i.indrelid and k.refobjsubid > 0),
    'where', pg_get_expr(i.indpred, i.indrelid),
    'nullsNotDistinct', coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
  ) order by i.indisprimary desc, x.relname)
  from pg_index i join pg_class x on x.oid = i.indexrelid
  where i.indrelid = c.oid and i.indisunique)`;

/** Keys of its partitions too, by the table's own numbers: a row may go into any of them. */
const foreignKeysOf = `(
  select jsonb_agg(jsonb_build_object('name', name, 'columns', columns,
    'table', confrelid::int8, 'references', confkey, 'full', "full")
    order by cardinality(columns) desc, name)
  from (select min(conname) as name, columns, confrelid, confkey, "full"
    from (select k.conname, k.confrelid, k.confkey, k.confmatchtype = 'f' as "full",
        case when k.conrelid = c.oid then k.conkey else (
          select array_agg(own.attnum order by u.position)
          from unnest(k.conkey) with ordinality u(number, position)
          join pg_attribute theirs on theirs.attrelid = k.conrelid and theirs.attnum = u.number
          join pg_attribute own on own.attrelid = c.oid and own.attname = theirs.attname) end as columns
      from pg_constraint k
      where k.contype = 'f' and k.conparentid = 0
        and (k.conrelid = c.oid or k.conrelid in (select relid from pg_partition_tree(c.oid)))) each
    group by columns, confrelid, confkey, "full") keys)`;

/** The columns that a table or one of its partitions is parted by, by the table's own numbers. */
const partedBy = `(
  select jsonb_agg(distinct own.attnum)
  from pg_partition_tree(c.oid) t
  join pg_depend k on k.classid = 'pg_class'::regclass and k.objid = t.relid and k.objsubid > 0
    and k.refclassid = 'pg_class'::regclass and k.refobjid = t.relid and k.refobjsubid = 0
    and k.deptype = 'i'
  join pg_attribute theirs on theirs.attrelid = t.relid and theirs.attnum = k.objsubid
  join pg_attribute own on own.attrelid = c.oid and own.attname = theirs.attname
  where not t.isleaf)`;

/** The bounds of a table's partitions are one more CHECK, unless some partition takes the rest. */
const checksOf = `(
  select jsonb_agg(jsonb_build_object('name', name, 'sql', text, 'columns', columns))
  from (
    select k.conname as name, pg_get_expr(k.conbin, k.conrelid) as text, to_jsonb(k.conkey) as columns
    from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and ${enforced}
    union all
    select 'partitions of ' || c.relname,
      coalesce(string_agg('(' || pg_get_partition_constraintdef(p.relid) || ')', ' or '), 'false'),
      ${partedBy}
    from pg_partition_tree(c.oid) p where p.isleaf and p.relid <> c.oid
    having c.relkind = 'p'
      and coalesce(bool_and(pg_get_partition_constraintdef(p.relid) is not null), true)
      and not exists (select from pg_partitioned_table where partrelid = c.oid and partdefid <> 0)
    order by name) checks)`;

const excludesOf = `(
  select jsonb_agg(jsonb_build_object('name', k.conname,
    'parts', (select jsonb_agg(pg_get_indexdef(k.conindid, n, true) order by n)
      from generate_series(1, i.indnkeyatts) n),
    'operators', (select jsonb_agg('operator(' || quote_ident(s.nspname) || '.' || o.oprname || ')'
        order by u.position)
      from unnest(k.conexclop) with ordinality as u(op, position) join pg_operator o on o.oid = u.op
      join pg_namespace s on s.oid = o.oprnamespace),
    'where', pg_get_expr(i.indpred, i.indrelid)))
  from pg_constraint k join pg_index i on i.indexrelid = k.conindid
  where k.conrelid = c.oid and k.contype = 'x')`;

const tablesSql = `
  select jsonb_build_object(
    'oid', c.oid::int8, 'schema', c.nspname, 'name', c.relname,
    'sql', quote_ident(c.nspname) || '.' || quote_ident(c.relname),
    'from', case when c.relkind = 'p' then '' else 'only ' end
      || quote_ident(c.nspname) || '.' || quote_ident(c.relname),
    'triggers', exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal
      and t.tgtype & 4 <> 0 and t.tgenabled in ('O', 'A') and t.tgname !~ '^statewright_'),
    'foreign', (select min(p.relid::regclass::text) from pg_partition_tree(c.oid) p
      join pg_foreign_table f on f.ftrelid = p.relid),
    'columns', coalesce(${columnsOf}, '[]'), 'uniques', coalesce(${uniquesOf}, '[]'),
    'foreignKeys', coalesce(${foreignKeysOf}, '[]'), 'checks', coalesce(${checksOf}, '[]'),
    'excludes', coalesce(${excludesOf}, '[]')) as table
  from (${applicationTables}) c
  order by c.nspname collate "C", c.relname collate "C"`;

/** The types of columns, and those they are made of. */
const typesSql = `
  with recursive used(oid) as (
    select a.atttypid from pg_attribute a join (${applicationTables}) c on c.oid = a.attrelid
    where a.attnum > 0 and not a.attisdropped
    union
    select part.oid from used u join pg_type t on t.oid = u.oid
    cross join lateral (
      select t.typelem union all select t.typbasetype
      union all select r.rngsubtype from pg_range r
        where r.rngtypid = t.oid or r.rngmultitypid = t.oid
      union all select a.atttypid from pg_attribute a
        where a.attrelid = t.typrelid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped
    ) part(oid)
    where part.oid <> 0
  )
  select t.oid::int8::float8 as oid, jsonb_build_object(
    'name', t.typname, 'sql', format_type(t.oid, null), 'kind', t.typtype,
    'array', t.typcategory = 'A' and t.typelem <> 0, 'element', t.typelem::int8,
    'of', case when t.typtype = 'd' then t.typbasetype::int8 else r.rngsubtype::int8 end,
    'typmod', t.typtypmod, 'notNull', t.typnotnull,
    'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e
      where e.enumtypid = t.oid),
    'fields', (select jsonb_agg(jsonb_build_object('type', a.atttypid::int8, 'typmod', a.atttypmod)
        order by a.attnum)
      from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        and t.typtype = 'c'),
    'checks', (select jsonb_agg(pg_get_expr(k.conbin, 0) order by k.conname) from pg_constraint k
      where k.contypid = t.oid and k.contype = 'c')) as type
  from used join pg_type t on t.oid = used.oid
  left join pg_range r on r.rngtypid = t.oid or r.rngmultitypid = t.oid
  where t.typtype <> 'p'`;
