import { randomBytes } from 'node:crypto';
import { type Driver, type Sql, withDatabase } from '../db/db.ts';
import { digest } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Ledger, TemplateSource } from './branch.ts';
import { emptyDatabase, leavePlace, preparePlaces, tryPlace } from './place.ts';

/** A database to clone. Nobody can connect to it: one session there would block every clone. */
export interface Template {
  readonly name: string;
  /** SQL that gives a clone the `ALTER DATABASE … SET` values and rights, which cloning leaves behind; if any. */
  readonly settings: ((clone: string) => string) | null;
}

export interface TemplateServer {
  readonly url: string;
  /** A session in its maintenance database. */
  readonly sql: Sql;
  readonly driver: Driver;
  readonly ledger: Ledger;
}

/**
 * Finds or builds the template of that key. Of several processes one builds while the others wait; one
 * left half-built by a dead process is built anew, or swept: the ledger knows it until it is whole. It carries a baseline, so that every clone of it does.
 */
export async function ensureTemplate(
  server: TemplateServer,
  source: TemplateSource,
): Promise<Template> {
  const { sql } = server;
  const name = `sw_t_${digest([source.key, 1]).slice(0, 16)}`;
  await sql.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
  try {
    const whole = await sql.query('select from pg_database where datname = $1', [name]);
    if (whole.length === 0) await buildTemplate(server, name, source);
    return { name, settings: await readSettings(sql, name) };
  } finally {
    await sql.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

/** Built under a clone's name, and swept like one if we die; the name of a template says that it is whole. */
async function buildTemplate(
  { url, sql, driver, ledger }: TemplateServer,
  name: string,
  source: TemplateSource,
): Promise<void> {
  const draft = `sw_c_build_${randomBytes(5).toString('hex')}`;
  await preparePlaces(sql);
  await tryPlace(sql, draft, Number.MAX_SAFE_INTEGER);
  await ledger.record('database', draft);
  try {
    await sql.query(`create database ${draft}`);
    const inside = withDatabase(url, draft);
    await source.build(inside);
    await using database = await driver.connect(inside);
    await database.baseline();
    await sql.query(`alter database ${draft} with allow_connections false`);
    await emptyDatabase(sql, draft);
    await sql.query(`alter database ${draft} rename to ${name}`);
    await sql.query(`alter database ${name} is_template true`);
  } catch (cause) {
    await sql.query(`drop database if exists ${draft} with (force)`);
    throw cause instanceof StatewrightError ? cause : notBuilt(cause);
  } finally {
    await ledger.strike('database', draft);
    await leavePlace(sql, draft);
  }
}

/** `from current` writes any setting, lists included, as the server itself holds it. */
async function readSettings(sql: Sql, name: string): Promise<Template['settings']> {
  const rows = await sql.query(
    `select quote_literal(split_part(s.entry, '=', 1)) as key, quote_ident(r.rolname) as role,
       quote_literal(substr(s.entry, strpos(s.entry, '=') + 1)) as value,
       array_to_string(array(
         select quote_ident(part) from unnest(string_to_array(split_part(s.entry, '=', 1), '.')) part
       ), '.') as setting
     from pg_db_role_setting d
     join pg_database b on b.oid = d.setdatabase
     left join pg_roles r on r.oid = d.setrole
     cross join unnest(d.setconfig) as s(entry)
     where b.datname = $1`,
    [name],
  );
  const rights = await readRights(sql, name);
  if (rows.length === 0 && rights === null) return null;
  return (clone) => {
    const settings = rows.map(({ key, role, value, setting }) => {
      const subject = role ? `role ${role} in database ${clone}` : `database ${clone}`;
      return `select set_config(${key}, ${value}, false);
        alter ${subject} set ${setting} from current;
        reset ${setting};`;
    });
    return [...settings, ...(rights?.(clone) ?? [])].join('\n');
  };
}

/** Who may connect, and make schemas or temporary tables, where anybody said so; else null. */
async function readRights(sql: Sql, name: string): Promise<((clone: string) => string[]) | null> {
  const rows = await sql.query(
    `select a.privilege_type as may, a.is_grantable as passes, coalesce(quote_ident(r.rolname), 'public') as who
     from pg_database d cross join lateral aclexplode(d.datacl) a
     left join pg_roles r on r.oid = a.grantee
     where d.datname = $1 and (a.grantee = 0 or r.oid is not null) and a.grantee <> d.datdba`,
    [name],
  );
  const said = await sql.query(
    'select from pg_database where datname = $1 and datacl is not null',
    [name],
  );
  if (said.length === 0) return null;
  return (clone) => [
    `revoke all on database ${clone} from public;`,
    ...rows.map(({ may, passes, who }) => {
      const onward = passes === true ? ' with grant option' : '';
      return `grant ${may} on database ${clone} to ${who}${onward};`;
    }),
  ];
}

function notBuilt(cause: unknown): StatewrightError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StatewrightError(
    'branch.templateFailed',
    `The template database could not be built: ${why}. It was removed again.`,
    { hint: 'Run the migrations by hand against an empty database to see what fails.', cause },
  );
}
