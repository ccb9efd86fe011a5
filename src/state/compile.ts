import type { Catalog, Standing } from '../db/db.ts';
import { digest } from '../kernel/digest.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import type { App } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { adoptStanding } from './adopt.ts';
import { completeRows } from './complete.ts';
import type { Draft } from './draft.ts';
import { findDrift } from './drift.ts';
import { expectsOf } from './expects.ts';
import { orderTasks } from './order.ts';
import { findCalled } from './personas.ts';
import { readRows } from './rows.ts';
import type { State } from './state.ts';
import { stepsOf } from './steps.ts';
import { tasksOf } from './tasks.ts';

export interface CompileOptions {
  readonly app: App;
  readonly catalog: Catalog;
  readonly seed: string;
  /** What stands in the database before the state is set up; nothing when absent. */
  readonly standing?: Standing;
  /** False where no app runs that could sign anybody up: everything goes in by SQL. True when absent. */
  readonly running?: boolean;
  /** Whether the config signs personas in by a function of its own. False when absent. */
  readonly handed?: boolean;
}

/**
 * Turns a plan into fixed steps: the same plan, seed, catalog and standing rows give
 * the same bytes. With a finding of
 * severity `error` the state has no steps and is not to be set up. Nothing is written.
 */
export function compileState(
  written: Plan,
  { app, catalog, seed, standing = NONE, running = true, handed = false }: CompileOptions,
): { state: State; findings: Finding[] } {
  const tables = new Map(catalog.tables.map((table) => [table.id, table]));
  const plan = adoptStanding(written, { tables, standing });
  const drift = findDrift(plan, { app, catalog });
  const people = findCalled(plan, { app, running, handed });
  const findings = [...drift, ...people.findings, ...danglingRefs(plan)];
  if (findings.some(({ severity }) => severity === 'error'))
    return { state: stateOf(plan, seed, nothing), findings };

  const planned = new Map<string, Draft>();
  for (const [name, row] of readRows(plan, { tables, seed })) {
    const call = people.called.get(name);
    const set = row.kind === 'made' ? row.tuples[0] : undefined;
    planned.set(
      name,
      call && set ? { kind: 'called', name, table: row.table, set, reason: call.reason } : row,
    );
  }
  const rows = completeRows(planned, { tables, seed });
  const tasks = tasksOf(rows, { plan, app, seed, called: people.called });
  const { blocks, stuck } = orderTasks(tasks);
  if (stuck.length > 0) {
    const cycle = finding('state.cyclicRefs', {
      severity: 'error',
      facts: { plan: plan.id, waiting: stuck },
    });
    return { state: stateOf(plan, seed, nothing), findings: [...findings, cycle] };
  }
  const steps = stepsOf(blocks, catalog.tables);
  const expects = expectsOf(plan, { rows, tables, seed });
  return { state: stateOf(plan, seed, { steps, ...signedIn(people), expects }), findings };
}

const NONE: Standing = new Map();
const nothing = { steps: [], expects: [] };

function signedIn({ handed, gone }: Required<Signing>): Signing {
  return {
    ...(Object.keys(handed).length > 0 && { handed }),
    ...(Object.keys(gone).length > 0 && { gone }),
  };
}

type Signing = Pick<State, 'handed' | 'gone'>;

function stateOf(
  plan: Plan,
  seed: string,
  work: Pick<State, 'steps' | 'expects'> & Signing,
): State {
  const body = { plan: plan.id, seed, ...work };
  return { ...body, digest: digest(body) };
}

/** References to rows the plan doesn't have. */
function danglingRefs(plan: Plan): Finding[] {
  const found = JSON.stringify(plan.given).matchAll(/\{"ref":("(?:[^"\\]|\\.)*")\}/g);
  const refs = new Set([...found].map(([, text = '""']) => String(JSON.parse(text))));
  return [...refs]
    .filter((ref) => !Object.hasOwn(plan.given.rows, ref.split('.')[0] ?? ''))
    .map((ref) =>
      finding('state.unknownRef', { severity: 'error', facts: { plan: plan.id, ref } }),
    );
}
