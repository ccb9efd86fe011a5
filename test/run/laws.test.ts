import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/db/db.ts';
import { StatewrightError } from '../../src/kernel/errors.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { ControlLedger } from '../../src/run/ledger.ts';
import { parseExact } from '../../src/run/made.ts';
import type { Run } from '../../src/run/run.ts';
import { compileState } from '../../src/state/compile.ts';
import type { State } from '../../src/state/state.ts';
import { generateInto } from '../bulk/setup.ts';
import { freshDatabase } from '../setup/database.ts';
import { ddlOf, type RandomTable, schema } from '../setup/random-schema.ts';
import { clinicApp, planOf } from '../state/plans.ts';
import { enrolled, ledgerAt, readCatalog, takeDown, up, upOptions } from './setup.ts';

/** `LAWS=200` for the long way, `LAWS_SEED` for another one. */
const numRuns = Number(process.env['LAWS'] ?? 8);
const seed = Number(process.env['LAWS_SEED'] ?? 11);
const settings = { numRuns, seed, endOnFailure: true };
const timeout = 240_000 + numRuns * 10_000;

let ledger: ControlLedger;
beforeAll(async () => {
  ledger = await ledgerAt();
});
afterAll(() => ledger.close());

/** Rows of a plan over a random schema: which table, how many, what of it is planned. */
const wish = fc.record({
  table: fc.nat(9),
  count: fc.integer({ min: 1, max: 3 }),
  coded: fc.boolean(),
  parented: fc.boolean(),
  /** A row that stands there is changed instead. */
  changes: fc.boolean(),
});
const wishes = fc.array(wish, { minLength: 1, maxLength: 5 });
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

function planFor(tables: readonly RandomTable[], wanted: readonly Wish[]): Plan {
  const rows: Record<string, Plan['given']['rows'][string]> = {};
  const made = new Map<number, string>();
  for (const [index, { count, coded, parented, changes, ...one }] of wanted.entries()) {
    const at = one.table % tables.length;
    const [name, table] = [`row${index}`, tables[at]];
    if (!table) continue;
    if (changes) {
      rows[name] = { table: `t${at}`, match: { id: index + 1 }, update: { live: false } };
      continue;
    }
    const parent = table.parent === null || at === 0 ? undefined : made.get(table.parent % at);
    const set = {
      ...(coded && table.code !== 'none' ? { code: { unique: `c${index}` } } : {}),
      ...(parented && parent && !table.once ? { parent: { ref: `${parent}.id` } } : {}),
    };
    rows[name] = { table: `t${at}`, set, ...(count > 1 && !coded ? { count } : {}) };
    made.set(at, name);
  }
  return planOf(rows);
}

async function compiledFor(plan: Plan, database: Database) {
  const catalog = await database.session(readCatalog);
  return compileState(plan, { app: clinicApp, catalog, seed: '1', running: false });
}

/** What a run says of the rows it made is what the database says of them. */
async function expectRowsAre(database: Database, { steps }: State, refs: Run['refs']) {
  const made = steps.flatMap((step) => (step.kind === 'statement' ? step.rows : []));
  for (const { name, table } of made) {
    const rows = await database.session((sql) =>
      sql.query(`select row_to_json(t)::text as row from ${table} t`),
    );
    expect(rows.map(({ row }) => parseExact(String(row)))).toContainEqual(refs[name]);
  }
}

/** A filled, enrolled database of that schema; null where it can't be filled so. */
async function grounds(tables: readonly RandomTable[]): Promise<Database | null> {
  const database = await freshDatabase(ddlOf(tables));
  const rows = tables.map((_, at) => `t${at}=6`).join();
  try {
    await generateInto(database, rows);
  } catch (error) {
    if (error instanceof StatewrightError) return null;
    throw error;
  }
  return enrolled(database);
}

test(
  'states stand side by side and each goes without a trace, in any schema',
  async () => {
    let stood = 0;
    await fc.assert(
      fc.asyncProperty(schema, wishes, fc.boolean(), async (tables, wanted, firstFirst) => {
        const database = await grounds(tables);
        if (!database) return;
        const before = await database.checksums();
        const plan = planFor(tables, wanted);
        const { state, findings } = await compiledFor(plan, database);
        if (findings.some(({ severity }) => severity === 'error')) return;
        const both = await Promise.allSettled([
          up(state, upOptions(database, ledger)),
          up(state, upOptions(database, ledger)),
        ]);
        const runs = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
        for (const one of both) {
          if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(StatewrightError);
        }
        if (runs.length === 2) stood += 1;
        for (const { refs } of runs) await expectRowsAre(database, state, refs);
        const order = firstFirst ? runs : runs.toReversed();
        for (const { handle } of order) await takeDown(handle, ledger);
        expect(await database.checksums()).toEqual(before);
        const made = await database.session((sql) => sql.query('select from statewright.made'));
        expect(made).toEqual([]);
      }),
      settings,
    );
    expect(stood).toBeGreaterThan(numRuns / 3);
  },
  timeout,
);

test(
  'the same plan, seed and catalog give the same bytes; a column or row more leaves the others',
  async () => {
    await fc.assert(
      fc.asyncProperty(schema, wishes, async (tables, wanted) => {
        const plan = planFor(tables, wanted);
        const [one, twin, wide] = await Promise.all(
          [ddlOf(tables), ddlOf(tables), `${ddlOf(tables)} alter table t0 add remark text;`].map(
            (ddl) => freshDatabase(ddl),
          ),
        );
        if (!one || !twin || !wide) throw new Error('three databases');
        const first = await compiledFor(plan, one);
        expect(JSON.stringify(await compiledFor(plan, twin))).toBe(JSON.stringify(first));
        const values = ({ state }: typeof first) =>
          state.steps.flatMap((step) => ('params' in step ? step.params : []));
        const wider = (await compiledFor(plan, wide)).state;
        expect(values({ ...first, state: wider })).toEqual(expect.arrayContaining(values(first)));
        // Of the last table: the others find their parents in what stands before them.
        const more = { ...plan.given.rows, extra: { table: `t${tables.length - 1}`, set: {} } };
        const longer = await compiledFor(planOf(more), one);
        expect(values(longer)).toEqual(expect.arrayContaining(values(first)));
        await Promise.all([one.close(), twin.close(), wide.close()]);
      }),
      settings,
    );
  },
  timeout,
);
