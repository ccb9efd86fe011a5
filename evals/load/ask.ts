import { readCatalog } from '../../src/db/catalog.ts';
import type { Database, Driver, Session } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { compare } from '../../src/proof/compare.ts';
import { fire } from '../../src/proof/fire.ts';
import { down } from '../../src/run/down.ts';
import { assertWritable, type Enrolled } from '../../src/run/guard.ts';
import { type ControlLedger, openLedger } from '../../src/run/ledger.ts';
import { up } from '../../src/run/up.ts';
import { bindRequest } from '../../src/state/bind.ts';
import { byHand, COMPARED } from './by-hand.ts';
import type { Ask, Asked, Task } from './task.ts';

/** Sets states up in the shared database, asks the app and takes them down, one after the other. */
export interface Asker extends AsyncDisposable {
  ask(ask: Ask): Promise<Asked>;
}

export async function openAsker(
  task: Pick<Task, 'url' | 'database' | 'twin' | 'app'>,
): Promise<Asker> {
  const ledger = await openLedger({ connect, open: openSession }, task.url);
  const database = await connect(task.database);
  const session = await openSession(task.database);
  const twin = await openSession(task.twin);
  const catalog = await database.session(readCatalog);
  const stamp = await database.session((sql) => assertWritable(sql));
  const close = { end: async () => undefined, [Symbol.asyncDispose]: async () => undefined };
  // Teardown opens a session; here one stays open for all of them.
  const driver: Driver = { connect, open: async () => ({ ...session, ...close }) };
  const ground = { ledger, database, twin, driver, stamp, app: task.app };
  const known = { ...ground, readCatalog: async () => catalog };
  return {
    ask: (ask) => askOne(ask, known),
    async [Symbol.asyncDispose]() {
      await ledger.close();
      await Promise.all([database.close(), session.end(), twin.end()]);
    },
  };
}

interface Known {
  readonly ledger: ControlLedger;
  readonly database: Database;
  readonly twin: Session;
  readonly driver: Driver;
  readonly stamp: Enrolled;
  readonly app: string;
  readonly readCatalog: typeof readCatalog;
}

async function askOne({ plan, state }: Ask, known: Known): Promise<Asked> {
  const { ledger, database, driver, stamp, readCatalog, app, twin } = known;
  const begun = performance.now();
  const run = await up(state, {
    ...{ database, ledger, stamp, readCatalog },
    own: false,
    app: { url: app, pid: 0 },
    term: { hold: 'held' },
    bind: (when, rows) => bindRequest(when, { ...rows, now: new Date() }),
  });
  const upMs = performance.now() - begun;
  const problem = await answered(plan, { run, app, seed: state.seed });
  const ending = performance.now();
  const { removed } = await down(run.handle, { ledger, driver, readCatalog });
  const downMs = performance.now() - ending;
  const handMs = plan.id === COMPARED ? await byHand(twin, run.id) : null;
  return { plan: plan.id, problem, upMs, downMs, handMs, removed };
}

/** Null where the last request was answered as planned, else how it differs. */
async function answered(
  plan: Ask['plan'],
  at: { run: Awaited<ReturnType<typeof up>>; app: string; seed: string },
): Promise<string | null> {
  const { run, app: url, seed } = at;
  const about = { refs: run.refs, namespace: run.id, seed };
  let problem: string | null = 'it has no request';
  for (const when of plan.when) {
    const credentials = when.as === null ? null : (run.personas[when.as] ?? null);
    const now = new Date();
    const answer = await fire(bindRequest(when, { ...about, now }), { url, credentials });
    const [difference] = compare(plan.then, answer, { refs: run.refs, now });
    problem = difference ? JSON.stringify(difference) : null;
  }
  return problem;
}
