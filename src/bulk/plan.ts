import type { Layout, LayoutTable } from '../db/db.ts';

/** How many rows each table gets, parents before children; tables that need each other stand together. */
export interface BulkPlan {
  readonly groups: readonly (readonly LayoutTable[])[];
  readonly counts: ReadonlyMap<number, number>;
}

/** `there` tells how many rows a table has: one that nobody named and that has some gets no more. */
export async function planBulk(
  layout: Layout,
  asked: ReadonlyMap<number, number>,
  there: (table: LayoutTable) => Promise<number>,
): Promise<BulkPlan> {
  const byOid = new Map(layout.tables.map((table) => [table.oid, table]));
  const groups = groupsOf(layout.tables);
  const counts = new Map(asked);
  for (const group of [...groups].reverse()) {
    for (const table of settled(group, counts)) {
      const count = counts.get(table.oid);
      if (!count) continue;
      for (const key of table.foreignKeys) {
        const parent = byOid.get(key.table);
        if (!parent || parent.oid === table.oid || asked.has(parent.oid)) continue;
        const alone = table.uniques.some(({ columns, where }) => {
          return where === null && columns.every((column) => key.columns.includes(column));
        });
        const wanted = alone ? count : Math.max(1, Math.min(100_000, Math.ceil(count / 5)));
        if ((counts.get(parent.oid) ?? 0) >= wanted || (await there(parent)) > 0) continue;
        counts.set(parent.oid, wanted);
      }
    }
  }
  const used = groups.map((group) => group.filter(({ oid }) => (counts.get(oid) ?? 0) > 0));
  return { groups: used.filter((group) => group.length > 0), counts };
}

/** Inside a cycle those that have rows come first, and again until nothing is added. */
function* settled(group: readonly LayoutTable[], counts: ReadonlyMap<number, number>) {
  for (let pass = 0; pass < Math.min(3, group.length); pass++) {
    for (const table of [...group].sort(
      (a, b) => (counts.get(b.oid) ?? 0) - (counts.get(a.oid) ?? 0),
    )) {
      yield table;
    }
  }
}

/** Tables that need each other stand together, parents before children: Tarjan's strongly connected components. */
export function groupsOf(tables: readonly LayoutTable[]): LayoutTable[][] {
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const found: LayoutTable[][] = [];
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: LayoutTable[] = [];
  const onStack = new Set<number>();
  const enter = (table: LayoutTable) => {
    order.set(table.oid, order.size);
    low.set(table.oid, order.size - 1);
    stack.push(table);
    onStack.add(table.oid);
    return { table, next: 0 };
  };
  const lower = (oid: number, to: number) => low.set(oid, Math.min(low.get(oid) ?? to, to));
  for (const start of tables) {
    if (order.has(start.oid)) continue;
    const work = [enter(start)];
    for (let frame = work.at(-1); frame; frame = work.at(-1)) {
      const key = frame.table.foreignKeys[frame.next++];
      const parent = key && byOid.get(key.table);
      if (key && !parent) continue;
      if (parent) {
        if (!order.has(parent.oid)) work.push(enter(parent));
        else if (onStack.has(parent.oid)) lower(frame.table.oid, order.get(parent.oid) ?? 0);
        continue;
      }
      work.pop();
      const above = work.at(-1);
      if (above) lower(above.table.oid, low.get(frame.table.oid) ?? 0);
      if (low.get(frame.table.oid) !== order.get(frame.table.oid)) continue;
      const group: LayoutTable[] = [];
      for (let top = stack.pop(); top; top = stack.pop()) {
        onStack.delete(top.oid);
        group.push(top);
        if (top === frame.table) break;
      }
      found.push(group);
    }
  }
  return found;
}
