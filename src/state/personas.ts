import { type Finding, finding } from '../kernel/finding.ts';
import type { App } from '../model/model.ts';
import { type Persona, type Plan, refOf, type When } from '../plan/plan.ts';
import type { Gone, State } from './state.ts';

/** A row that has to come through the app's sign-up, why, and which personas sign in as it. */
export interface Called {
  readonly row: string;
  readonly reason: string;
  readonly personas: readonly string[];
}

/** Whom the config's function signs in: by their rows, or with no row at all. */
type Signing = Required<Pick<State, 'handed' | 'gone'>>;

/**
 * Which rows only the app can make, because somebody signs in as them: their password has to be known
 * and its hash is the app's own. All other rows go in by SQL. `handed`: the config's own function signs
 * personas in, so that their rows are like any other.
 */
export function findCalled(
  plan: Plan,
  { app, running, handed }: { app: App; running: boolean; handed: boolean },
): Signing & { readonly called: Map<string, Called>; readonly findings: Finding[] } {
  const called = new Map<string, Called>();
  const findings: Finding[] = [];
  const toHand: Record<string, string> = {};
  const gone: Record<string, Gone> = {};
  for (const [persona, from] of Object.entries(plan.given.personas)) {
    const problem = personaProblem(from, { plan, app, running, handed });
    if (problem) {
      const facts = { plan: plan.id, persona, row: 'row' in from ? from.row : null };
      findings.push(finding(problem, { severity: 'error', facts }));
      continue;
    }
    if ('gone' in from) {
      gone[persona] = from;
      continue;
    }
    const { row } = from;
    if (handed) {
      toHand[persona] = row;
      continue;
    }
    const personas = [...(called.get(row)?.personas ?? []), persona];
    called.set(row, { row, reason: `${personas.join(', ')} signs in as it`, personas });
  }
  const signing = { handed: toHand, gone, findings };
  if (!running || !app.auth?.signUp) return { called, ...signing };
  for (const row of passwordRows(plan, app)) {
    const reason = `a request is judged by its password, which ${app.auth.signUp.route} hashes`;
    if (!called.has(row)) called.set(row, { row, reason, personas: [] });
  }
  return { called, ...signing };
}

function personaProblem(
  persona: Persona,
  { plan, app, running, handed }: { plan: Plan; app: App; running: boolean; handed: boolean },
): string | null {
  if ('gone' in persona) return handed ? null : 'state.personaIsGone';
  const row = plan.given.rows[persona.row];
  if (!row || row.table !== app.auth?.actor) return 'state.personaIsNoActor';
  if (handed) return null;
  if (!running) return 'state.personaNeedsApp';
  if (!('set' in row) || (row.count ?? 1) > 1) return 'state.personaNotMade';
  return app.auth.signUp ? null : 'state.personaWithoutSignUp';
}

/**
 * Rows of the acting user whose `password` is referred to, or that a request to sign in is about, unless
 * the plan sets the hash itself (an account without a password).
 */
function passwordRows(plan: Plan, app: App): Set<string> {
  const { actor, signIn, passwordColumn } = app.auth ?? {};
  const rows = new Set<string>();
  for (const request of plan.when) {
    const signsIn = signIn !== undefined && isRequestTo(request, signIn?.route);
    for (const { row, column } of refsIn([request.body, request.query, request.headers])) {
      const planned = plan.given.rows[row];
      if (!planned || planned.table !== actor || !('set' in planned)) continue;
      if (passwordColumn && passwordColumn in planned.set) continue;
      const hasColumn = app.tables
        .find((table) => table.id === actor)
        ?.columns.some((known) => known.name === column);
      if (signsIn || (column === 'password' && !hasColumn)) rows.add(row);
    }
  }
  return rows;
}

function isRequestTo(request: When, route: string | undefined): boolean {
  return route === `${request.method} ${request.path}`;
}

function refsIn(value: unknown): { row: string; column: string }[] {
  const ref = refOf(value);
  if (ref) return [ref];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(refsIn);
}
