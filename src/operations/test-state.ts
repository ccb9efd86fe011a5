import type { Json } from '../kernel/digest.ts';
import type { Plan, When } from '../plan/plan.ts';
import type { Credentials } from '../run/run.ts';
import type { Staged } from './staging.ts';

export type Row = Readonly<Record<string, Json>>;

/** The state a test stands on. */
export interface TestState {
  readonly id: string;
  readonly title: string;
  /** Where the test's own app answers. */
  readonly url: string;
  /** The columns of a row of the plan, by the plan's name for it. */
  row(name: string): Row;
  readonly rows: Readonly<Record<string, Row>>;
  /** What is needed to act as each person of the plan. */
  readonly personas: Readonly<Record<string, Credentials>>;
  /** The plan's requests, their values filled in. */
  readonly requests: readonly When[];
  /** What the last request is expected to give back. */
  readonly expects: Plan['then'];
}

/** The test's own database: what it and the app write there is gone after the test. */
export interface TestDatabase {
  readonly url: string;
  query(text: string, params?: readonly unknown[]): Promise<readonly Row[]>;
}

/** A staged state as a test sees it. */
export function testStateOf({ plan, run, url, when }: Staged): TestState {
  const { id, title } = plan;
  const rows = run.refs as TestState['rows'];
  const row = (name: string): Row => {
    const found = rows[name];
    if (found) return found;
    throw new Error(`The state "${id}" has no row "${name}". Its rows are: ${listed(rows)}.`);
  };
  const { personas } = run;
  return { id, title, url, row, rows, personas, requests: when, expects: plan.then };
}

/** A staged state's database as a test sees it. */
export function testDatabaseOf({ database }: Staged): TestDatabase {
  return {
    url: database.url,
    query: async (text, params) =>
      (await database.session((sql) => sql.query(text, params))) as readonly Row[],
  };
}

export const NOBODY: Credentials = {
  headers: {},
  cookies: {},
  storageState: { cookies: [], origins: [] },
};

/** What acting as that person of the plan takes; null is nobody, undefined whoever its last request acts as. */
export function credentialsOf(
  { run, when, plan }: Staged,
  persona?: string | null | undefined,
): Credentials {
  const name = persona === undefined ? (when.at(-1)?.as ?? null) : persona;
  const found = name === null ? NOBODY : run.personas[name];
  if (found) return found;
  const people = listed(run.personas);
  throw new Error(`The state "${plan.id}" has no person "${name}". Its people are: ${people}.`);
}

function listed(named: object): string {
  return Object.keys(named).join(', ') || 'none';
}
