import type { Residue } from '../db/db.ts';
import type { Clock } from '../kernel/clock.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Finding } from '../kernel/finding.ts';
import type { Plan, When } from '../plan/plan.ts';
import type { Run } from '../run/run.ts';
import type { State } from '../state/state.ts';
import type { Browser } from './browser.ts';
import { compare, describe, type Observed } from './compare.ts';
import { type Answer, fire } from './fire.ts';
import type { Verdict } from './proof.ts';
import type { Stage } from './stage.ts';

/** What firing a plan needs of other parts. */
export interface AttemptPorts {
  readonly clock: Clock;
  /** Findings of severity `error` mean that the plan can't be set up. */
  compile(plan: Plan): Promise<{ state: State; findings: readonly Finding[] }>;
  /** Brings the state about; the stage is the database and the app on it. */
  setUp(state: State, stage: Stage & { plan: Plan; signal: AbortSignal }): Promise<Run>;
  /** The request with literals alone, its values taken from the run. */
  bind(when: When, run: Run): When;
  browser(): Promise<Browser>;
}

/** One firing of a plan. `spoiled` says that its stage must not be used again. */
export interface Attempt {
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly observed: Observed | null;
  /** The paths in which the answer differs from the expectation. */
  readonly differs: readonly string[];
  readonly residue: readonly Residue[];
  readonly timings: { setUpMs: number; requestMs: number; resetMs: number };
  readonly spoiled: boolean;
}

type Fired = Pick<Attempt, 'verdict' | 'reason' | 'observed' | 'differs'> & { spoiled: boolean };

/** Sets a plan's state up on the stage, fires its requests, judges the last answer and resets. */
export async function attempt(
  plan: Plan,
  stage: Stage,
  { ports, signal }: { ports: AttemptPorts; signal: AbortSignal },
): Promise<Attempt> {
  signal.throwIfAborted();
  const started = performance.now();
  const run = await setUp(plan, stage, { ports, signal });
  const ready = performance.now();
  const fired = 'id' in run ? await fireAll({ plan, run, stage, ports, signal }) : run;
  const answered = performance.now();
  const reset = await resetStage(stage);
  const resetMs = performance.now() - answered;
  const { residue } = reset;
  const spoiled = fired.spoiled || reset.spoiled || residue.length > 0;
  const timings = { setUpMs: ready - started, requestMs: answered - ready, resetMs };
  return { ...fired, residue, spoiled, timings };
}

async function setUp(
  plan: Plan,
  stage: Stage,
  { ports, signal }: { ports: AttemptPorts; signal: AbortSignal },
): Promise<Run | Fired> {
  try {
    const { state, findings } = await ports.compile(plan);
    const wrong = findings.filter((finding) => finding.severity === 'error');
    if (wrong.length > 0) return unsolved(wrong.map((f) => f.code).join(', '), false);
    return await ports.setUp(state, { ...stage, plan, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StatewrightError && error.ending === 'refused') throw error;
    if (!stage.app.alive()) return await died(stage, 'during set-up');
    return unsolved(error instanceof Error ? error.message : String(error), true);
  }
}

function unsolved(why: string, spoiled: boolean): Fired {
  const reason = `its state could not be set up: ${why}`;
  return { verdict: 'unsolved', reason, observed: null, differs: [], spoiled };
}

interface Firing {
  readonly plan: Plan;
  readonly run: Run;
  readonly stage: Stage;
  readonly ports: AttemptPorts;
  readonly signal: AbortSignal;
}

async function fireAll(firing: Firing): Promise<Fired> {
  const { plan, run, stage, ports, signal } = firing;
  const mark = stage.app.logs.mark();
  let fired: Fired | null = null;
  for (const [index, when] of plan.when.entries()) {
    const last = index === plan.when.length - 1;
    try {
      const credentials = when.as === null ? null : (run.personas[when.as] ?? null);
      if (when.as !== null && !credentials) return unsolved(`no persona "${when.as}"`, false);
      const options = { url: stage.app.url, credentials, signal };
      const answer = await send(ports.bind(when, run), options, ports);
      if ('missing' in answer) return skipped(answer.missing);
      fired = last ? judge(firing, answer, mark) : early(answer, index, plan);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StatewrightError) throw error;
      return await broken(stage, error);
    }
    if (fired && !last) return { ...fired, reason: withLog(fired.reason, stage, mark) };
  }
  if (!stage.app.alive()) return died(stage, 'after it answered');
  return fired ?? skipped('it has no request');
}

async function send(
  when: When,
  options: { url: string; credentials: Run['personas'][string] | null; signal: AbortSignal },
  ports: AttemptPorts,
): Promise<Answer | { missing: string }> {
  if (!when.visit) return fire(when, options);
  const browser = await ports.browser();
  return browser.kind === 'missing' ? { missing: browser.reason } : browser.visit(when, options);
}

/** A request before the last may end as it likes, but not in a failure of the app. */
function early(answer: Answer, index: number, plan: Plan): Fired | null {
  if (answer.status < 500) return null;
  const reason = `request ${index + 1} of ${plan.when.length} ended in status ${answer.status}`;
  return { verdict: 'crashed', reason, observed: seen(answer), differs: ['status'], spoiled: true };
}

function judge({ plan, run, stage, ports }: Firing, answer: Answer, mark: number): Fired {
  const known = { refs: run.refs, now: ports.clock.now() };
  const whole = { ...seen(answer), text: answer.text };
  const differences = compare(plan.then, whole, known);
  const observed = seen(answer);
  const differs = differences.map((difference) => difference.path);
  if (differences.length === 0) {
    return { verdict: 'proven', reason: null, observed, differs, spoiled: false };
  }
  const reason = describe(differences);
  const refused = refusedHosts(stage, mark);
  if (refused.length > 0) {
    const external = `${reason}; the app called ${refused.join(', ')}, which app.allowHosts does not name`;
    return { verdict: 'external', reason: external, observed, differs, spoiled: true };
  }
  const crashed = answer.status >= 500 && answer.status !== plan.then.status;
  return crashed
    ? { verdict: 'crashed', reason: withLog(reason, stage, mark), observed, differs, spoiled: true }
    : { verdict: 'diverted', reason, observed, differs, spoiled: false };
}

/** What a proof keeps of an answer: a JSON answer is not kept as text a second time. */
function seen({ status, body, location, text }: Answer): Observed {
  return { status, body, location, text: body === null ? text.slice(0, 4_000) : null };
}

function skipped(reason: string): Fired {
  return { verdict: 'skipped', reason, observed: null, differs: [], spoiled: false };
}

async function broken(stage: Stage, error: unknown): Promise<Fired> {
  const gone = new Promise((resolve) => setTimeout(resolve, 400));
  if (stage.app.alive()) await Promise.race([stage.app.exited, gone]);
  if (!stage.app.alive()) return died(stage, 'while it answered');
  const late = error instanceof Error && error.name === 'TimeoutError';
  const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
  const reason = late ? 'no answer in time' : `no answer: ${why}`;
  return { verdict: 'crashed', reason, observed: null, differs: ['status'], spoiled: true };
}

async function died(stage: Stage, when: string): Promise<Fired> {
  const { code, signal } = await stage.app.exited;
  const how = signal ?? `exit code ${code}`;
  const reason = withLog(`the app's process ended ${when} (${how})`, stage, null);
  return { verdict: 'crashed', reason, observed: null, differs: ['status'], spoiled: true };
}

/** The reason with what the app printed last, which is where its stack stands. */
function withLog(reason: string | null, { app }: Stage, mark: number | null): string {
  const printed = (mark === null ? app.logs.tail(4) : app.logs.since(mark)).slice(0, 4);
  const lines = printed.map((line) => line.trim()).filter((line) => line !== '');
  return lines.length === 0 ? (reason ?? '') : `${reason}; it printed: ${lines.join(' | ')}`;
}

function refusedHosts({ app }: Stage, mark: number): readonly string[] {
  const hosts = app.logs
    .since(mark)
    .map((line) => /^statewright: refused a connection to (\S+)/.exec(line)?.[1]);
  return [...new Set(hosts.filter((host): host is string => host !== undefined))];
}

/** A dead app's database is dropped whole, so there is nothing to measure. */
async function resetStage({ app, database }: Stage) {
  if (!app.alive()) return { residue: [], spoiled: true };
  try {
    return { residue: await database.reset(), spoiled: false };
  } catch (error) {
    if (error instanceof StatewrightError && error.ending === 'refused') throw error;
    return { residue: [], spoiled: true };
  }
}
