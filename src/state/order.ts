import type { MadeRow } from './draft.ts';
import type { Step } from './state.ts';

/** Something to do: a row to insert, or a step of its own; `after` names what must be done before. */
export type Task = { readonly id: string; readonly after: readonly string[] } & (
  | { readonly kind: 'insert'; readonly row: MadeRow }
  | { readonly kind: 'step'; readonly step: Step }
);

export type Block =
  | { readonly kind: 'insert'; readonly rows: readonly MadeRow[] }
  | { readonly kind: 'step'; readonly step: Step };

/**
 * Tasks by data flow, as few blocks of rows as that allows: steps as soon as they can go, then every row
 * that can. Rows that need each other stay in one block. `stuck` names what waits for itself.
 */
export function orderTasks(tasks: readonly Task[]): { blocks: Block[]; stuck: string[] } {
  const blocks: Block[] = [];
  const done = new Set<string>();
  let open = [...tasks];
  while (open.length > 0) {
    const next = open.find(
      (task) => task.kind === 'step' && task.after.every((id) => done.has(id)),
    );
    const batch = next ? [next] : insertable(open, done);
    if (batch.length === 0) return { blocks, stuck: open.map((task) => task.id) };
    blocks.push(next?.kind === 'step' ? { kind: 'step', step: next.step } : rowsOf(batch));
    for (const task of batch) done.add(task.id);
    open = open.filter((task) => !done.has(task.id));
  }
  return { blocks, stuck: [] };
}

/** All rows whose sources are done or among them: what is left when the others are struck off. */
function insertable(open: readonly Task[], done: ReadonlySet<string>): Task[] {
  let rows = open.filter((task) => task.kind === 'insert');
  for (;;) {
    const ids = new Set(rows.map((task) => task.id));
    const kept = rows.filter((task) => task.after.every((id) => done.has(id) || ids.has(id)));
    if (kept.length === rows.length) return kept;
    rows = kept;
  }
}

/** Sources before the rows that use them; where rows need each other, in the order they were named. */
function rowsOf(batch: readonly Task[]): Block {
  const tasks = new Map(batch.map((task) => [task.id, task]));
  const placed = new Set<string>();
  const rows: MadeRow[] = [];
  const place = (id: string): void => {
    const task = tasks.get(id);
    if (task?.kind !== 'insert' || placed.has(id)) return;
    placed.add(id);
    for (const source of task.after) place(source);
    rows.push(task.row);
  };
  for (const id of tasks.keys()) place(id);
  return { kind: 'insert', rows };
}
