/** The application's tables; partitions are their parent's matter, an extension's tables its own. */
export const applicationTables = `
  select c.oid, n.nspname, c.relname, c.relkind
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    and n.nspname !~ '^statewright(_service|_jobs)?$'
    and not exists (
      select from pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

/** Of a constraint `k`; before PostgreSQL 18 all are. */
export const enforced = `coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)`;

/** Those of its partitions too: a row that goes into the table goes into one of them. */
const triggersOf = `pg_trigger t
      where t.tgrelid in (select c.oid union select relid from pg_partition_tree(c.oid))
        and not t.tgisinternal and t.tgname !~ '^statewright_'`;

export const tablesSql = `
  select c.oid::int8::float8 as oid, c.nspname as schema, c.relname as name,
    array(
      select a.attname::text
      from pg_index i
      cross join unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
      where i.indrelid = c.oid and i.indisprimary and k.position <= i.indnkeyatts
      order by k.position) as primary_key,
    array(select distinct t.tgname::text from ${triggersOf} order by 1) as triggers,
    exists (select from ${triggersOf} and t.tginitdeferred) as deferred,
    array(select distinct t.tgname::text from ${triggersOf} and t.tgtype & 8 <> 0 order by 1)
      || array(select 'row level security' where row_security_active(c.oid))
      || array(select r.rulename::text from pg_rewrite r where r.ev_class = c.oid and r.ev_type = '4'
        order by r.rulename) as departures,
    array(
      select r.rulename::text from pg_rewrite r where r.ev_class = c.oid and r.ev_type = '3'
      order by r.rulename) as rules
  from (${applicationTables}) c
  order by c.nspname collate "C", c.relname collate "C"`;

/** A domain is followed to its base type (domains over domains too); an array to its element. */
export const columnsSql = `
  with recursive base(start, typ, typmod, dflt, required, checks) as (
    select t.oid, t.oid, -1, null::text collate "C", false, '[]'::jsonb from pg_type t
    where t.oid in (select atttypid from pg_attribute where attnum > 0)
    union all
    select b.start, t.typbasetype, t.typtypmod, coalesce(b.dflt, t.typdefault) collate "C",
      b.required or t.typnotnull,
      b.checks || coalesce((
        select jsonb_agg(jsonb_build_object('name', k.conname,
          'expression', pg_get_expr(k.conbin, 0)) order by k.conname)
        from pg_constraint k where k.contypid = t.oid and k.contype = 'c'), '[]')
    from base b join pg_type t on t.oid = b.typ and t.typtype = 'd'
  ), resolved as (
    select b.*, t.typelem, t.typcategory = 'A' and t.typelem <> 0 as is_array
    from base b join pg_type t on t.oid = b.typ and t.typtype <> 'd'
  )
  select a.attrelid::int8::float8 as oid, a.attname as name, quote_ident(a.attname) as quoted,
    format_type(case when r.is_array then r.typelem else r.typ end,
      case when r.typmod <> -1 then r.typmod else a.atttypmod end) as type,
    r.is_array as array, not (a.attnotnull or r.required) as nullable,
    a.attidentity as identity, a.attgenerated as generated,
    coalesce(pg_get_expr(d.adbin, d.adrelid), r.dflt) as default_text,
    r.checks as domain_checks,
    (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e
      where e.enumtypid = case when r.is_array then r.typelem else r.typ end) as labels
  from pg_attribute a
  join (${applicationTables}) c on c.oid = a.attrelid
  join resolved r on r.start = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped
  order by a.attrelid, a.attnum`;

/** `indnullsnotdistinct` is read through jsonb: before PostgreSQL 15 there is no such column. */
export const uniquesSql = `
  select i.indrelid::int8::float8 as oid, x.relname as name,
    array(
      select a.attname::text
      from unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where k.position <= i.indnkeyatts
      order by k.position) as columns,
    array(
      select pg_get_indexdef(i.indexrelid, k.position::int, true)
      from unnest(i.indkey::int2[]) with ordinality as k(attnum, position)
      where k.position <= i.indnkeyatts and k.attnum = 0
      order by k.position) as expressions,
    pg_get_expr(i.indpred, i.indrelid) as where,
    coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as "nullsNotDistinct"
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join (${applicationTables}) c on c.oid = i.indrelid
  where i.indisunique and not i.indisprimary
  order by i.indrelid, x.relname collate "C"`;

const named = (relation: string, numbers: string) => `array(
      select a.attname::text from unnest(${numbers}) with ordinality as u(attnum, position)
      join pg_attribute a on a.attrelid = ${relation} and a.attnum = u.attnum
      order by u.position)`;

/**
 * A key of partitions is the table's if all of them have it; one that refers to a partition refers to its
 * table if that has no second row with these values.
 */
export const foreignKeysSql = `
  with keys as (
    select k.conname, k.conrelid, k.conparentid, k.confdeltype, k.condeferrable,
      coalesce(pg_partition_root(k.conrelid), k.conrelid) as owner,
      ${named('k.conrelid', 'k.conkey')} as columns,
      case when k.confrelid = r.root or exists (
        select from pg_index i where i.indrelid = r.root and i.indisunique and i.indpred is null
          and ${named('r.root', 'i.indkey::int2[]')} @> f.names
          and ${named('r.root', 'i.indkey::int2[]')} <@ f.names and i.indnatts = cardinality(f.names)
      ) then r.root else k.confrelid end as refers,
      f.names as "references"
    from pg_constraint k
    cross join lateral (
      select coalesce(pg_partition_root(k.confrelid), k.confrelid)::oid as root) r
    cross join lateral (select ${named('k.confrelid', 'k.confkey')} as names) f
    where k.contype = 'f'
  )
  select k.owner::int8::float8 as oid, min(k.conname::text collate "C") as name, k.columns,
    case when n.nspname = 'public' then t.relname::text
      else n.nspname || '.' || t.relname end as table,
    k.references,
    case k.confdeltype when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null'
      when 'd' then 'set default' else 'no action' end as "onDelete",
    k.condeferrable as deferrable
  from keys k
  join (${applicationTables}) c on c.oid = k.owner
  join pg_class t on t.oid = k.refers
  join pg_namespace n on n.oid = t.relnamespace
  where k.conparentid = 0 and (k.conrelid = k.owner or not exists (
    select from pg_partition_tree(k.owner) p where p.isleaf and not exists (
      select from keys own where own.conrelid = p.relid and own.columns = k.columns
        and own.refers = k.refers and own.references = k.references)))
  group by k.owner, case when k.conrelid = k.owner then k.conname end, k.columns, k.references,
    k.confdeltype, k.condeferrable, n.nspname, t.relname
  order by k.owner, 2`;

export const checksSql = `
  select k.conrelid::int8::float8 as oid, k.conname as name,
    pg_get_expr(k.conbin, k.conrelid) as expression
  from pg_constraint k
  join (${applicationTables}) c on c.oid = k.conrelid
  where k.contype = 'c' and ${enforced}
  order by k.conrelid, k.conname collate "C"`;
