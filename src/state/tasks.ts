import type { App } from '../model/model.ts';
import type { Plan } from '../plan/plan.ts';
import { adjustId, callTasks, signInId } from './calls.ts';
import { type Draft, sources } from './draft.ts';
import { compileAdjust, compileMatch } from './locate.ts';
import type { Task } from './order.ts';
import type { Called } from './personas.ts';

interface Making {
  readonly plan: Plan;
  readonly app: App;
  readonly seed: string;
  readonly called: ReadonlyMap<string, Called>;
}

/** What has to be done for each row, and what has to be done before it. */
export function tasksOf(rows: ReadonlyMap<string, Draft>, making: Making): Task[] {
  const own = [...rows.values()].flatMap((row) => rowTasks(row, making));
  const ids = new Set(own.map((task) => task.id));
  return own.map((task) => ({
    ...task,
    after: [...new Set(task.after)].filter((id) => ids.has(id)),
  }));
}

function rowTasks(row: Draft, making: Making): Task[] {
  if (row.kind === 'called') {
    const called = making.called.get(row.name);
    return called ? callTasks({ ...making, called, row }) : [];
  }
  if (row.kind === 'made') {
    return [{ id: row.name, kind: 'insert', after: row.tuples.flatMap(sources), row }];
  }
  const { name, table, where, update } = row;
  const after = [...sources(where), ...signIns(row, making)];
  const match: Task = { id: name, kind: 'step', after, step: compileMatch(name, table, where) };
  if (!update) return [match];
  const step = compileAdjust(name, table, update);
  return [match, { id: adjustId(name), kind: 'step', after: [name, ...sources(update)], step }];
}

/** A session is there once its user has signed in. */
function signIns(row: Draft & { kind: 'matched' }, { app, called }: Making): string[] {
  if (row.table.id !== app.auth?.session?.table) return [];
  const named = sources(row.where).filter((name) => called.has(name));
  return (named.length > 0 ? named : [...called.keys()]).map(signInId);
}
