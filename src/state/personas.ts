import { type Finding, finding } from '../kernel/finding.ts';
import type { App } from '../model/model.ts';
import { type Plan, refOf, type When } from '../plan/plan.ts';

/** A row that has to come through the app's sign-up, why, and which personas sign in as it. */
export interface Called {
  readonly row: string;
  readonly reason: string;
  readonly personas: readonly string[];
}

/**
 * Which rows only the app can make, because somebody signs in as them: their password has to be known
 * and its hash is the app's own. All other rows go in by SQL. `handed`: the config's own function signs
 * personas in, so that their rows are like any other.
 */
export function findCalled(
  plan: Plan,
  { app, running, handed }: { app: App; running: boolean; handed: boolean },
): { called: Map<string, Called>; handed: Record<string, string>; findings: Finding[] } {
  const called = new Map<string, Called>();
  const findings: Finding[] = [];
  const toHand: Record<string, string> = {};
  for (const [persona, { row }] of Object.entries(plan.given.personas)) {
    const problem = personaProblem(row, { plan, app, running, handed });
    if (problem) {
      findings.push(
        finding(problem, { severity: 'error', facts: { plan: plan.id, persona, row } }),
      );
      continue;
    }
    if (handed) {
      toHand[persona] = row;
      continue;
    }
    const personas = [...(called.get(row)?.personas ?? []), persona];
    called.set(row, { row, reason: `${personas.join(', ')} signs in as it`, personas });
  }
  if (!running || !app.auth?.signUp) return { called, handed: toHand, findings };
  for (const row of passwordRows(plan, app)) {
    const reason = `a request is judged by its password, which ${app.auth.signUp.route} hashes`;
    if (!called.has(row)) called.set(row, { row, reason, personas: [] });
  }
  return { called, handed: toHand, findings };
}

function personaProblem(
  name: string,
  { plan, app, running, handed }: { plan: Plan; app: App; running: boolean; handed: boolean },
): string | null {
  const row = plan.given.rows[name];
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
