import { randomUUID } from 'node:crypto';
import { readCatalog } from '../db/catalog.ts';
import type { Database } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { findRoute, type Route } from '../model/model.ts';
import type { Plan, When } from '../plan/plan.ts';
import { startApp } from '../proof/app.ts';
import { fire } from '../proof/fire.ts';
import { beyondInsert } from '../run/beyond.ts';
import type { ControlLedger, RunEntry } from '../run/ledger.ts';
import type { Run } from '../run/run.ts';
import { installWritten } from '../run/written.ts';
import { routeOf } from '../scenarios/scenarios.ts';
import { bindRequest } from '../state/bind.ts';
import { launchOptions } from './app-under-test.ts';
import { dropOwnClone, makeOwnClone, templateFor } from './own-clone.ts';
import type { Place } from './place.ts';
import { type Leasing, setUpIn, underTest } from './setting-up.ts';
import { openWorkshop } from './workshop.ts';

/**
 * Sets a plan up on a clone, asks the app as planned and tells what its route wrote beside the row it makes.
 * The clone is dropped: nothing stands. Throws `up.nothingMade` for a route or an answer that makes no row.
 */
export async function compareRoute(leasing: Leasing, place: Place): Promise<Run> {
  const route = findRoute(leasing.reading.model, routeOf(leasing.plan.id))?.route;
  if (!route || !('creates' in route) || route.creates.length === 0)
    throw nothingMade(leasing.plan, 'its route makes no row');
  await using workshop = await openWorkshop(place.home, place);
  const id = `compare-${randomUUID().slice(0, 8)}`;
  const about = { plan: leasing.plan.id, environment: 'clone', term: { hold: 'held' } } as const;
  const entry = await workshop.ledger.begin({ id, ...about });
  const name = `sw_c_${id.replace('-', '_')}`;
  try {
    const template = await templateFor(underTest(leasing), { workshop, entry, place });
    await using database = await makeOwnClone(name, template, { workshop, entry });
    const { ledger } = workshop;
    return await compareOn(leasing, { database, ledger, entry, route }, place);
  } finally {
    await dropOwnClone(name, { workshop, entry });
    await entry.closed();
  }
}

interface Ground {
  readonly database: Database;
  /** The app's sessions are of this run. */
  readonly entry: RunEntry;
  readonly ledger: ControlLedger;
  readonly route: Route;
}

async function compareOn(leasing: Leasing, ground: Ground, place: Place): Promise<Run> {
  const { plan } = leasing;
  const { database, ledger, entry, route } = ground;
  return database.session(async (keeper) => {
    await installWritten(keeper, (await readCatalog(keeper)).tables);
    const launch = launchOptions(underTest(leasing), place, entry);
    const app = await startApp({ ...launch, database, env: plan.given.env, signal: place.signal });
    try {
      const run = await setUpIn(leasing, { database, ledger, entry, app }, place);
      const [last] = await keeper.query(
        'select coalesce(max(id), 0)::text as id from statewright.made',
      );
      const { status, sent } = await ask(plan, { run, url: app.url, place });
      for (const table of route.creates) {
        const asked = { run: entry.id, after: String(last?.['id']), table, told: toldIn(sent) };
        const beyond = await beyondInsert(keeper, { ...asked, readCatalog });
        if (!beyond) continue;
        const compared = { route: route.id, status, ...beyond };
        return { ...run, handle: '', app: null, compared };
      }
      throw nothingMade(plan, `the app answered ${status} and made no row of ${route.creates}`);
    } finally {
      await app.stop();
    }
  });
}

async function ask(
  { when }: Plan,
  { run, url, place }: { run: Run; url: string; place: Place },
): Promise<{ status: number; sent: readonly When[] }> {
  const sent: When[] = [];
  let status = 0;
  for (const request of when) {
    const about = { refs: run.refs, namespace: '', seed: '', now: place.clock.now() };
    const bound = bindRequest(request, about);
    const credentials = request.as === null ? null : (run.personas[request.as] ?? null);
    sent.push(bound);
    status = (await fire(bound, { url, credentials, signal: place.signal })).status;
  }
  return { status, sent };
}

/** Every value of the requests, as text. */
function toldIn(sent: readonly When[]): Set<string> {
  const told = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
    else told.add(String(value));
  };
  for (const { path, query, body } of sent) {
    walk([query, body, ...path.split(/[/?&=]/).map(decodeURIComponent)]);
  }
  return told;
}

function nothingMade(plan: Plan, why: string): StatewrightError {
  return new StatewrightError(
    'up.nothingMade',
    `There is nothing to compare for "${plan.id}": ${why}.`,
    {
      hint: 'Name a plan whose request makes a row (an answer of 201, say). Nothing stands.',
      facts: { plan: plan.id },
    },
  );
}
