/** Large objects this role may write: those of others are left as they are. */
const own = `pg_has_role(m.lomowner, 'usage')`;

/** What a baseline keeps of large objects, emptied, and what brings it back. No trigger sees them: they are compared. */
export const largeObjectsSql = `
  create table if not exists statewright.baseline_large
    (loid oid primary key, owner oid not null, acl aclitem[], content bytea not null);
  truncate statewright.baseline_large;

  create or replace function statewright.large_differing() returns bigint language sql as $$
    select (
      select count(*) from pg_largeobject_metadata m where ${own} and not exists (
        select from statewright.baseline_large b where b.loid = m.oid and b.content = lo_get(m.oid))
    ) + (
      select count(*) from statewright.baseline_large b
      where not exists (select from pg_largeobject_metadata m where m.oid = b.loid))
  $$;

  create or replace function statewright.restore_large() returns void language plpgsql as $$
  declare
    gone record;
    granted record;
  begin
    perform lo_unlink(m.oid) from pg_largeobject_metadata m
    where ${own} and not exists (select from statewright.baseline_large b where b.loid = m.oid);
    perform lo_truncate64(lo_open(b.loid, 131072), 0), lo_put(b.loid, 0, b.content)
    from statewright.baseline_large b join pg_largeobject_metadata m on m.oid = b.loid
    where b.content is distinct from lo_get(m.oid);
    for gone in
      select * from statewright.baseline_large b
      where not exists (select from pg_largeobject_metadata m where m.oid = b.loid)
    loop
      perform lo_from_bytea(gone.loid, gone.content);
      execute format('alter large object %s owner to %s', gone.loid, gone.owner::regrole);
      for granted in select * from aclexplode(gone.acl) a where a.grantee <> gone.owner loop
        execute format('grant %s on large object %s to %s', granted.privilege_type, gone.loid,
          case granted.grantee when 0 then 'public' else granted.grantee::regrole::text end);
      end loop;
    end loop;
  end $$`;

export const rememberLargeSql = `
  insert into statewright.baseline_large
  select m.oid, m.lomowner, m.lomacl, lo_get(m.oid) from pg_largeobject_metadata m where ${own}`;

export const removeLargeSql = `
  drop function if exists statewright.large_differing(), statewright.restore_large();
  drop table if exists statewright.baseline_large`;

/** One row: their digest, null where there are none. */
export const largeDigestSql = `
  select count(*) || ':' || sum(hashtextextended(m.oid || ' ' || md5(lo_get(m.oid)), 0)) as digest
  from pg_largeobject_metadata m where ${own} having count(*) > 0`;
