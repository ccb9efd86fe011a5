/** `FirstNormalObjectId` of PostgreSQL's `access/transam.h`: what has a number below came with the server. */
const FIRST = 16384;

/**
 * Where a session is (the server since its start, the database, the role), and by PostgreSQL's own row versions what
 * is defined there: the same text as before says that the catalog is read as it was. Our own triggers don't count.
 */
export const versionSql = `
  select concat_ws(' ', pg_postmaster_start_time(), current_user,
      (select oid from pg_database where datname = current_database())) as place,
    (select string_agg(concat_ws(' ', d.name, d.rows, d.versions), ', ') from (${[
      versions('pg_class', `oid >= ${FIRST}`),
      versions('pg_namespace', `oid >= ${FIRST}`),
      versions('pg_attribute', `attrelid >= ${FIRST}`),
      versions('pg_attrdef', 'true'),
      versions('pg_constraint', `oid >= ${FIRST}`),
      versions('pg_index', `indexrelid >= ${FIRST}`),
      versions('pg_inherits', 'true'),
      versions('pg_type', `oid >= ${FIRST}`),
      versions('pg_enum', 'true'),
      versions('pg_trigger', `not tgisinternal and tgname !~ '^statewright_'`),
      versions('pg_rewrite', `oid >= ${FIRST}`),
      versions('pg_proc', `oid >= ${FIRST}`),
      versions('pg_operator', `oid >= ${FIRST}`),
      versions('pg_collation', `oid >= ${FIRST}`),
      versions('pg_depend', `classid = 'pg_class'::regclass and deptype = 'e'`),
    ].join(' union all ')}) d)
    || (select count(*) from pg_class where relrowsecurity and row_security_active(oid)) as version`;

/** How many rows, and a sum over where and in what version they stand. */
function versions(relation: string, which: string): string {
  return `select '${relation}' as name, count(*) as rows,
    sum(hashtext(ctid::text || xmin::text)) as versions from pg_catalog.${relation} where ${which}`;
}
