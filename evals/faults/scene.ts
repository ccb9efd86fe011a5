import { readCatalog } from '../../src/db/catalog.ts';
import type { Database, Driver } from '../../src/db/db.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { down } from '../../src/run/down.ts';
import { type ControlLedger, openLedger } from '../../src/run/ledger.ts';
import { sweep } from '../../src/run/sweep.ts';
import { up } from '../../src/run/up.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { compileState } from '../../src/state/compile.ts';

/** Rows to make (one of some size), one to change, triggers that write, and keys that others have taken. */
export const SCHEMA = `
  create table teams (id bigserial primary key, name text not null unique, seats int not null default 5,
    charter text);
  alter table teams alter charter set storage external;
  create table people (id bigserial primary key, team_id bigint not null references teams (id) on delete cascade,
    email text not null, joined_at timestamptz not null default now());
  create unique index on people (lower(email));
  create table joined (person_id bigint not null references people (id) on delete cascade, note text);
  create function note_joined() returns trigger language plpgsql as $$
    begin insert into joined values (new.id, 'hello'); return new; end $$;
  create trigger note_joined after insert on people for each row execute function note_joined();
  insert into teams (name, seats) values ('standing', 3), ('other', 7);
  insert into people (team_id, email) select id, name || '@example.test' from teams`;

const plan: Plan = {
  version: 1,
  id: 'faults',
  title: 'Two people in a team, another team full',
  variantOf: null,
  given: {
    rows: {
      full: { table: 'teams', match: { name: 'standing' }, update: { seats: 0 } },
      team: { table: 'teams', set: { name: { unique: 'new' }, charter: 'whereas '.repeat(4_000) } },
      ann: {
        table: 'people',
        set: { team_id: { ref: 'team.id' }, email: { unique: 'a@example.test' } },
      },
      bob: {
        table: 'people',
        set: { team_id: { ref: 'full.id' }, email: { unique: 'b@example.test' } },
      },
    },
    absent: [{ table: 'teams', where: { name: { unique: 'gone' } } }],
    personas: {},
    env: {},
  },
  when: [{ as: null, method: 'GET', path: '/' }],
  // biome-ignore lint/suspicious/noThenProperty: a plan is data, never awaited
  then: { status: 200, text: { present: [], absent: [] } },
  evidence: [],
  planner: { kind: 'hand', version: '1' },
  digests: { code: '', schema: '', prompt: null },
};

const nothing = { frameworks: [], orms: [], routes: [], pages: [], components: [], tables: [] };

/** One command's way: its own ledger session, its own sessions in the database. */
export interface Command extends AsyncDisposable {
  readonly ledger: ControlLedger;
  /** Sets the state up and leaves it under a lease; gives its handle. */
  up(): Promise<string>;
  down(handle: string): Promise<void>;
  sweep(): Promise<void>;
}

export async function openCommand(
  driver: Driver,
  { url, database: name }: { url: string; database: string },
): Promise<Command> {
  const ledger = await openLedger(driver, url);
  const database: Database = await driver.connect(name).catch(async (error: unknown) => {
    await ledger.close();
    throw error;
  });
  return {
    ledger,
    async up() {
      const catalog = await database.session(readCatalog);
      const app = { ...nothing, name: 'faults', root: '.', auth: null, variables: null };
      const { state } = compileState(plan, { app, catalog, seed: '1' });
      const run = await up(state, {
        ...{ database, ledger, readCatalog, own: false, app: null },
        term: { hold: 'leased', ttlMs: 3_600_000 },
        bind: (when, known) => bindRequest(when, { ...known, now: new Date() }),
      });
      return run.handle;
    },
    async down(handle) {
      await down(handle, { ledger, driver, readCatalog });
    },
    async sweep() {
      await sweep({ ledger, driver, readCatalog, dropJournal: async () => undefined });
    },
    async [Symbol.asyncDispose]() {
      await Promise.allSettled([database.close(), ledger.close()]);
    },
  };
}
