import { execFileSync } from 'node:child_process';
import { parse } from 'libpg-query';
import type { Sql } from '../../src/db/db.ts';

/** Where an app's migrations are; `before` names what its platform gives, `replace` fills in templates. */
export interface Source {
  readonly repo: string;
  readonly files: string;
  readonly before?: 'supabase';
  readonly replace?: Readonly<Record<string, string>>;
  /** The file brings rows too: only what defines is applied. */
  readonly schemaOnly?: boolean;
}

export interface Applied {
  readonly commit: string;
  readonly files: number;
  /** Statements that PostgreSQL refused. */
  readonly refused: readonly string[];
}

const git = (folder: string, ...more: string[]) =>
  execFileSync('git', [`--git-dir=${folder}`, ...more], { encoding: 'utf8', maxBuffer: 1 << 28 });

/** Brings an empty database to an app's schema, file by file; what a file can't do whole it does in parts. */
export async function applySchema(source: Source, folder: string, sql: Sql): Promise<Applied> {
  const files = git(folder, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n');
  const wanted = new RegExp(source.files);
  const chosen = files
    .filter((path) => wanted.test(path) && !/mysql|sqlite/i.test(path.split('/').at(-1) ?? ''))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const refused: string[] = [];
  if (source.before) await sql.query(PLATFORMS[source.before]);
  for (const path of chosen) {
    const text = upOf(replaced(git(folder, 'show', `HEAD:${path}`), source.replace ?? {}));
    if (source.schemaOnly || !(await succeeds(sql, text))) {
      refused.push(...(await applyParts(sql, text, source.schemaOnly ?? false)));
    }
  }
  const commit = git(folder, 'rev-parse', '--short=10', 'HEAD').trim();
  return { commit, files: chosen.length, refused };
}

const PLATFORMS = {
  supabase: `do $$ declare name text; begin
      foreach name in array array['anon', 'authenticated', 'service_role', 'postgres', 'dashboard_user',
        'supabase_auth_admin', 'supabase_storage_admin'] loop
        if not exists (select from pg_roles where rolname = name) then execute 'create role ' || name; end if;
      end loop;
    end $$;
    create schema auth; create schema storage; create schema extensions;
    create table auth.users (id uuid primary key, email text, raw_user_meta_data jsonb, created_at timestamptz);
    create function auth.uid() returns uuid language sql stable as 'select null::uuid';
    create function auth.role() returns text language sql stable as 'select null::text';`,
};

async function succeeds(sql: Sql, text: string): Promise<boolean> {
  try {
    await sql.query(text);
    return true;
  } catch {
    await sql.query('rollback').catch(() => undefined);
    return false;
  }
}

async function applyParts(sql: Sql, text: string, schemaOnly: boolean): Promise<string[]> {
  const refused: string[] = [];
  for (const statement of await statementsOf(text)) {
    if (
      schemaOnly &&
      /^\s*(insert|copy|set|select|\\|create database|drop database)/i.test(statement)
    )
      continue;
    await sql.query(statement).catch((error: unknown) => {
      refused.push(`${error instanceof Error ? error.message : error}`);
    });
  }
  await sql.query('rollback').catch(() => undefined);
  return refused;
}

/** Up to `-- Down` of goose and dbmate, psql's own commands left out. */
function upOf(text: string): string {
  const [up = ''] = text.split(/^--\s*(?:\+goose Down|migrate:down)/im);
  return up.replace(/^\\.*$/gm, '');
}

function replaced(text: string, pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs).reduce((done, [from, to]) => done.replaceAll(from, to), text);
}

async function statementsOf(text: string): Promise<string[]> {
  const bytes = Buffer.from(text);
  try {
    const { stmts = [] } = await parse(text);
    return stmts.map(({ stmt_location: at = 0, stmt_len: length }) =>
      bytes.subarray(at, length ? at + length : undefined).toString(),
    );
  } catch {
    return text.split(/;\s*$/m).filter((one) => one.trim() !== '');
  }
}
