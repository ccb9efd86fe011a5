import type { Plan } from '../plan/plan.ts';
import type { Run } from '../run/run.ts';
import { compare, describe, type Observed } from './compare.ts';
import type { Answer } from './fire.ts';
import type { Verdict } from './proof.ts';
import type { Stage } from './stage.ts';

/** What came of firing a plan. `spoiled` says that its stage must not be used again. */
export interface Fired {
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly observed: Observed | null;
  /** The paths in which the answer differs from the expectation. */
  readonly differs: readonly string[];
  readonly spoiled: boolean;
}

/** What an answer is judged by; `mark` is where the app's log stood before the first request. */
export interface Asked {
  readonly plan: Plan;
  readonly run: Run;
  readonly stage: Stage;
  readonly mark: number;
  readonly now: Date;
}

/** The verdict on a plan whose state could not be brought about. */
export function unsolved(why: string, spoiled: boolean): Fired {
  const reason = `its state could not be set up: ${why}`;
  return { verdict: 'unsolved', reason, observed: null, differs: [], spoiled };
}

/** The verdict on a request before the last: it may end as it likes, but not in a failure of the app. */
export async function early(
  answer: Answer,
  index: number,
  { plan, stage, mark }: Pick<Asked, 'plan' | 'stage' | 'mark'>,
): Promise<Fired | null> {
  if (answer.status < 500) return null;
  await printed();
  const ended = `request ${index + 1} of ${plan.when.length} ended in status ${answer.status}`;
  const reason = withLog(ended, stage, mark);
  return { verdict: 'crashed', reason, observed: seen(answer), differs: ['status'], spoiled: true };
}

/** The verdict on the last request: as expected, or how it differs. */
export async function judge(
  answer: Answer,
  { plan, run, stage, mark, now }: Asked,
): Promise<Fired> {
  const known = { refs: run.refs, now };
  const whole = { ...seen(answer), text: answer.text };
  const differences = compare(plan.then, whole, known);
  const observed = seen(answer);
  const differs = differences.map((difference) => difference.path);
  if (differences.length === 0) {
    return { verdict: 'proven', reason: null, observed, differs, spoiled: false };
  }
  await printed();
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
function seen({ status, body, location, text, headers }: Answer): Observed {
  const twice = body !== null && /[/+]json\b/i.test(headers['content-type'] ?? '');
  return { status, body, location, text: twice ? null : text.slice(0, 4_000) };
}

/** The verdict on a plan that can't be fired here. */
export function skipped(reason: string): Fired {
  return { verdict: 'skipped', reason, observed: null, differs: [], spoiled: false };
}

/** The verdict when no answer came. */
export async function broken(stage: Stage, error: unknown): Promise<Fired> {
  const gone = new Promise((resolve) => setTimeout(resolve, 400));
  if (stage.app.alive()) await Promise.race([stage.app.exited, gone]);
  if (!stage.app.alive()) return died(stage, 'while it answered');
  const late = error instanceof Error && error.name === 'TimeoutError';
  const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
  const reason = late ? 'no answer in time' : `no answer: ${why}`;
  return { verdict: 'crashed', reason, observed: null, differs: ['status'], spoiled: true };
}

/** The verdict when the app's process has ended. */
export async function died(stage: Stage, when: string): Promise<Fired> {
  const { code, signal } = await stage.app.exited;
  const how = signal ?? `exit code ${code}`;
  const reason = withLog(`the app's process ended ${when} (${how})`, stage, null);
  return { verdict: 'crashed', reason, observed: null, differs: ['status'], spoiled: true };
}

/** What the app printed before it answered is in the pipe, but may not have been read yet. */
function printed(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

/** The reason with what the app printed last, which is where its stack stands. */
function withLog(reason: string | null, { app }: Stage, mark: number | null): string {
  const last = (mark === null ? app.logs.tail(4) : app.logs.since(mark)).slice(0, 4);
  const lines = last.map((line) => line.trim()).filter((line) => line !== '');
  return lines.length === 0 ? (reason ?? '') : `${reason}; it printed: ${lines.join(' | ')}`;
}

function refusedHosts({ app }: Stage, mark: number): readonly string[] {
  const hosts = app.logs
    .since(mark)
    .map((line) => /^statewright: refused a connection to (\S+)/.exec(line)?.[1]);
  return [...new Set(hosts.filter((host): host is string => host !== undefined))];
}
