import type { Residue } from '../db/db.ts';
import type { Clock } from '../kernel/clock.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Emit } from '../kernel/events.ts';
import type { Finding } from '../kernel/finding.ts';
import type { Plan, When } from '../plan/plan.ts';
import type { Credentials, Run } from '../run/run.ts';
import type { State } from '../state/state.ts';
import type { RunningApp } from './app.ts';
import type { Browser } from './browser.ts';
import { cookieJars } from './cookie-jars.ts';
import type { Covering } from './coverage/covering.ts';
import { type Answer, fire } from './fire.ts';
import type { Stage } from './stage.ts';
import { broken, died, early, type Fired, judge, skipped, unsolved } from './verdicts.ts';

/** What firing a plan needs of other parts. */
export interface AttemptPorts {
  readonly clock: Clock;
  readonly emit: Emit;
  /** Findings of severity `error` mean that the plan can't be set up. */
  compile(plan: Plan): Promise<{ state: State; findings: readonly Finding[] }>;
  /** Brings the state about; `recalled` where what was remembered stood in for the app. */
  setUp(state: State, setting: Setting): Promise<{ run: Run; recalled: boolean }>;
  /** The request with literals alone, its values taken from the run. */
  bind(when: When, run: Run): When;
  browser(): Promise<Browser>;
  /** Is told what ran while a plan's requests were answered; absent where nobody asked. */
  readonly covering?: Covering;
}

/** What a state is set up with: `door` is where people sign up and in, `recall` allows what is remembered to do for it. */
export interface Setting {
  readonly database: Stage['database'];
  readonly door: RunningApp;
  readonly recall: boolean;
  readonly signal: AbortSignal;
}

/** How people come into a state: whether what is remembered may stand in for the app, and whether aside of the plan's variables. */
export interface Way {
  readonly recall: boolean;
  readonly aside: boolean;
}

export const QUICK: Way = { recall: true, aside: false };
/** On the same stage, but nothing is taken from memory. */
export const ANEW: Way = { recall: false, aside: false };
export const REAL: Way = { recall: false, aside: true };

/** One firing of a plan, with what it left and how long it took. */
export interface Attempt extends Fired {
  readonly residue: readonly Residue[];
  readonly timings: { setUpMs: number; requestMs: number; resetMs: number };
  /** People did not come in as they do by the real way: what failed may have failed for that. */
  readonly shortcut: boolean;
}

/** Sets a plan's state up on the stage, fires its requests, judges the last answer and resets. */
export async function attempt(
  plan: Plan,
  stage: Stage,
  { ports, signal, way }: { ports: AttemptPorts; signal: AbortSignal; way: Way },
): Promise<Attempt> {
  signal.throwIfAborted();
  const started = performance.now();
  const ready = await setUp(plan, stage, { ports, signal, way });
  const setUpMs = performance.now() - started;
  const { run, shortcut } = ready;
  const fired = run ? await counted({ plan, run, stage, ports, signal }) : ready.failed;
  const refusal = stage.app.elsewhere();
  if (refusal) throw refusal;
  const answered = performance.now();
  const reset = await resetStage(stage, ports.emit);
  const resetMs = performance.now() - answered;
  const { residue } = reset;
  const spoiled = fired.spoiled || reset.spoiled || residue.length > 0;
  const timings = { setUpMs, requestMs: answered - started - setUpMs, resetMs };
  return { ...fired, residue, spoiled, timings, shortcut };
}

async function setUp(
  plan: Plan,
  stage: Stage,
  { ports, signal, way }: { ports: AttemptPorts; signal: AbortSignal; way: Way },
): Promise<Ready> {
  const { database, entrance } = stage;
  const isReal = () => Object.keys(plan.given.env).length === 0 || !entrance.isApp();
  let calls = false;
  try {
    const { state, findings } = await ports.compile(plan);
    const wrong = findings.filter((finding) => finding.severity === 'error');
    if (wrong.length > 0) return failed(unsolved(wrong.map((f) => f.code).join(', '), false));
    calls = state.steps.some((step) => step.kind === 'call');
    const { run, recalled } = await entrance.enter(
      (door) => ports.setUp(state, { database, door, recall: way.recall, signal }),
      { aside: calls && way.aside },
    );
    return { run, failed: null, shortcut: recalled || (calls && !isReal()) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StatewrightError && error.ending === 'refused') throw error;
    if (!stage.app.alive()) return failed(await died(stage, 'during set-up'));
    // What has a code is about the plan, the app or the database; anything else is a bug of ours.
    if (!(error instanceof Error && 'code' in error)) throw error;
    const spoiled = !(error instanceof StatewrightError && ROLLED_BACK.has(error.code));
    return failed(unsolved(error.message, spoiled), calls && (way.recall || !isReal()));
  }
}

/** What the database refused: the app has nothing to do with it, and a reset takes the rest away. */
const ROLLED_BACK: ReadonlySet<string> = new Set([
  'run.stepFailed',
  'run.collision',
  'run.notAsPlanned',
  'run.unknownRef',
]);

type Ready =
  | { readonly run: Run; readonly failed: null; readonly shortcut: boolean }
  | { readonly run: null; readonly failed: Fired; readonly shortcut: boolean };

function failed(fired: Fired, shortcut = false): Ready {
  return { run: null, failed: fired, shortcut };
}

const NOBODY: Credentials = { headers: {}, cookies: {}, storageState: null };

interface Firing {
  readonly plan: Plan;
  readonly run: Run;
  readonly stage: Stage;
  readonly ports: AttemptPorts;
  readonly signal: AbortSignal;
}

/** What setting up ran is not the requests' doing. */
async function counted(firing: Firing): Promise<Fired> {
  const { stage, ports } = firing;
  if (!ports.covering) return fireAll(firing);
  await stage.app.ran();
  const fired = await fireAll(firing);
  ports.covering.fired(await stage.app.ran());
  return fired;
}

async function fireAll(firing: Firing): Promise<Fired> {
  const { plan, run, stage, ports, signal } = firing;
  const mark = stage.app.logs.mark();
  const jars = cookieJars();
  let fired: Fired | null = null;
  for (const [index, when] of plan.when.entries()) {
    const credentials = when.as === null ? NOBODY : run.personas[when.as];
    if (!credentials) return unsolved(`no persona "${when.as}"`, false);
    const request = bind(when, firing);
    if ('verdict' in request) return request;
    const { url, folder } = stage.app;
    const options = { url, folder, credentials: jars.open(when.as, credentials), signal };
    const answer = await send(request, options, firing);
    if ('verdict' in answer) return answer;
    jars.keep(when.as, answer.cookies);
    if (index < plan.when.length - 1) fired = await early(answer, index, { plan, stage, mark });
    else fired = await judge(answer, { plan, run, stage, mark, now: ports.clock.now() });
    if (fired?.spoiled) return fired;
  }
  if (!stage.app.alive()) return died(stage, 'after it answered');
  return fired ?? skipped('it has no request');
}

function bind(when: When, { ports, run }: Firing): When | Fired {
  try {
    return ports.bind(when, run);
  } catch (error) {
    if (!(error instanceof StatewrightError) || error.ending === 'refused') throw error;
    return unsolved(error.message, false);
  }
}

/** What came back, or the verdict where nothing did. */
async function send(
  when: When,
  options: { url: string; credentials: Credentials; signal: AbortSignal },
  { stage, ports, signal }: Firing,
): Promise<Answer | Fired> {
  const browser = when.visit ? await ports.browser() : null;
  if (browser?.kind === 'missing') return skipped(browser.reason);
  try {
    return await (browser ? browser.visit(when, options) : fire(when, options));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StatewrightError) throw error;
    return broken(stage, error);
  }
}

/** What a fresh database heals: nothing is left of it that a reset would have had to take away. */
const RENEWED: ReadonlySet<string> = new Set(['db.shapeChanged', 'db.busy']);

/** A dead app's database is dropped whole, so there is nothing to measure. */
async function resetStage({ app, database }: Stage, emit: Emit) {
  if (!app.alive()) return { residue: [], spoiled: true };
  try {
    return { residue: await database.reset(), spoiled: false };
  } catch (error) {
    if (!(error instanceof StatewrightError) || !RENEWED.has(error.code)) throw error;
    emit({ kind: 'note', note: `a fresh database is taken: ${error.message}` });
    return { residue: [], spoiled: true };
  }
}
