import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import type { App } from '../../model/model.ts';
import { tearDown } from '../../operations/down.ts';
import { quietPlace } from '../../operations/home.ts';
import { leaseState } from '../../operations/leasing.ts';
import { openPlans } from '../../operations/one-plan.ts';
import type { Place } from '../../operations/place.ts';
import { type Reading, readModel } from '../../operations/reading.ts';
import { openOwnLedger } from '../../operations/workshop.ts';
import { checkPlan } from '../../plan/check.ts';
import type { Plan } from '../../plan/plan.ts';
import { openPlanFolder } from '../../plan/store.ts';
import type { Run } from '../../run/run.ts';
import { modelsOf, planOf } from './graph.ts';
import { Action, checkSignature, Refusal, readToken, refused, signToken } from './wire.ts';

export interface AutonomaOptions {
  /** The folder of statewright.config.ts. */
  readonly path: string;
  /** The enrolled database of the app under test. */
  readonly db: string;
  /** Where that app answers, to sign people in; without it states have rows alone. */
  readonly app?: string;
  /** Autonoma signs requests with it. */
  readonly sharedSecret: string;
  /** We sign tokens with it; it must be another. */
  readonly signingSecret: string;
  /** How long a state stands unless it is taken down before; 2 hours when absent. */
  readonly hours?: number;
}

type Asked<Name extends Action['action']> = Extract<Action, { action: Name }>;

const MOST_BYTES = 5_000_000;
const HOUR_MS = 3_600_000;

/**
 * Answers Autonoma's environment-factory protocol, versions 1.0 and 2.0, as a Fetch handler. A signed `up`
 * counts once for each `testRunId`, whoever sends it again; a `down` that comes again changes nothing.
 */
export function autonoma(options: AutonomaOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      if (options.sharedSecret === options.signingSecret || options.sharedSecret === '') {
        throw new Refusal('SAME_SECRETS', 'The two secrets must be set, and differ.');
      }
      return await answer(request, options);
    } catch (error) {
      return refused(refusalOf(error));
    }
  };
}

async function answer(request: Request, options: AutonomaOptions): Promise<Response> {
  const body = await readBody(request);
  checkSignature(body, request.headers.get('x-signature'), options.sharedSecret);
  const action = parse(body);
  switch (action.action) {
    case 'discover':
      return Response.json(await discover(options));
    case 'up':
      return Response.json(await setUp(action, options));
    case 'down':
      return Response.json(await takeDown(action, options));
  }
}

async function readBody(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new Refusal('INVALID_BODY', `More than ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const ACTIONS = ['discover', 'up', 'down'];

function parse(body: Uint8Array): Action {
  let data: unknown;
  try {
    data = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (cause) {
    throw new Refusal('INVALID_BODY', 'The body is not JSON.', { cause });
  }
  const name = typeof data === 'object' && data !== null && 'action' in data ? data.action : null;
  if (typeof name !== 'string') throw new Refusal('INVALID_BODY', 'The body has no action.');
  if (!ACTIONS.includes(name)) throw new Refusal('UNKNOWN_ACTION', `No action "${name}".`);
  const parsed = Action.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Refusal('INVALID_BODY', `${issue?.path.join('.')}: ${issue?.message}`);
}

function metadata(version: '1.0' | '2.0') {
  return { version, sdk: { language: 'typescript', orm: 'unknown', server: 'web' } };
}

/** What both versions ask for, in one answer; it is read as version 2, whose scenarios are our plans. */
async function discover({ path }: AutonomaOptions) {
  const config = await loadConfig(path);
  const plans = await openPlanFolder(join(path, config.plans)).list();
  const { app } = await readApp(path);
  return {
    ...metadata('2.0'),
    scenarios: plans.map(({ id, title }) => ({ name: id, description: title })),
    schema: { models: modelsOf(app), edges: [], relations: [], scopeField: '' },
  };
}

async function setUp(action: Asked<'up'>, options: AutonomaOptions) {
  const { scenario, create } = action;
  if (!scenario && !create) {
    throw new Refusal('INVALID_BODY', 'An up names a scenario, or has rows to create.');
  }
  const testRunId = action.testRunId ?? randomUUID();
  const { reading, app } = await readApp(options.path);
  const config = await loadConfig(options.path);
  const plans = openPlans(reading, config);
  const graph = scenario ? null : planOf(create ?? {}, { app, testRunId });
  const plan = graph?.plan ?? (await plans.current(scenario?.name ?? ''));
  if (graph) assertSound(graph.plan, reading);
  await claim(testRunId, options.db);
  const hours = options.hours ?? 2;
  const target = { db: options.db, app: options.app ?? null, start: false, ttlMs: hours * HOUR_MS };
  const { scenarios } = plans;
  const run = await leaseState({ plan, scenarios, reading, config, target }, placeHere());
  const held = { handle: run.handle, testRunId, environment: plan.id };
  const token = signToken(held, options.signingSecret);
  const auth = authOf(run, plan);
  const expiresInSeconds = hours * 3_600;
  if (!graph) return { ...metadata('2.0'), auth, teardownToken: token, expiresInSeconds };
  const refs = Object.fromEntries(
    [...graph.models].map(([model, names]) => [model, names.map((name) => run.refs[name])]),
  );
  return { ...metadata('1.0'), auth, refs, refsToken: token, expiresInSeconds };
}

async function takeDown(action: Asked<'down'>, { db, signingSecret }: AutonomaOptions) {
  const version = action.teardownToken === undefined ? '1.0' : '2.0';
  const token = action.teardownToken ?? action.refsToken;
  if (token === undefined) throw new Refusal('INVALID_BODY', 'A down brings its token.');
  const held = readToken(token, signingSecret);
  if (!held) {
    const code = version === '1.0' ? 'INVALID_REFS_TOKEN' : 'INVALID_TEARDOWN_TOKEN';
    throw new Refusal(code, 'The token was not given out here.');
  }
  await tearDown.run({ handle: held.handle, db }, placeHere());
  return { ...metadata(version), ok: true };
}

/** Written down where the states are, so that no other process and no later one takes it again. */
async function claim(testRunId: string, db: string): Promise<void> {
  await using ledger = await openOwnLedger(db);
  await ledger.sql.query(
    `create table if not exists statewright.test_run
       (id text primary key, at timestamptz not null default now())`,
  );
  const [row] = await ledger.sql.query(
    'insert into statewright.test_run (id) values ($1) on conflict do nothing returning id',
    [testRunId],
  );
  if (!row) throw new Refusal('REPLAYED', `Test run ${testRunId} has been set up before.`);
}

/** A graph is somebody else's data: it passes the checks of any plan, but for the request it hasn't got. */
function assertSound(plan: Plan, { model }: Reading): void {
  const [error] = checkPlan(plan, model).filter(
    ({ severity, at }) => severity === 'error' && !at.path?.startsWith('when'),
  );
  if (!error) return;
  throw new Refusal(
    'INVALID_BODY',
    `${error.code} at ${error.at.path}: ${JSON.stringify(error.facts)}`,
  );
}

async function readApp(path: string): Promise<{ reading: Reading; app: App }> {
  const reading = await readModel(path, () => undefined);
  const [app] = reading.model.apps;
  if (!app) throw new Refusal('CONFIGURATION_ERROR', 'No app was found in the repo.');
  return { reading, app };
}

function authOf({ personas }: Run, plan: Plan) {
  const persona = plan.when.at(-1)?.as ?? Object.keys(plan.given.personas)[0];
  const credentials = persona ? personas[persona] : undefined;
  const state = credentials?.storageState as { cookies?: unknown[] } | null | undefined;
  return {
    cookies: state?.cookies ?? [],
    headers: credentials?.headers ?? {},
    credentials: {},
  };
}

function placeHere(): Place {
  const { signal } = new AbortController();
  return { ...quietPlace(process.env), emit: () => undefined, signal };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof StatewrightError)) {
    return new Refusal('INTERNAL_ERROR', 'Something went wrong on our side.', { cause: error });
  }
  const message = `${error.message} ${error.hint}`;
  if (error.code === 'up.unknownPlan') return new Refusal('UNKNOWN_ENVIRONMENT', message);
  const code = error.ending === 'refused' || error.code.startsWith('config.');
  return new Refusal(code ? 'CONFIGURATION_ERROR' : 'INTERNAL_ERROR', message);
}
