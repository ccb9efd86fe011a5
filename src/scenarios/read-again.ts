import type { Comparison, Condition, Term } from '../condition/condition.ts';
import type { Query, Route } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import { words } from './words.ts';

/**
 * A row that was found and is looked up again: it is still there unless the route itself takes it away. Says which conditions exclude each other so; null where none do.
 */
export function lostRow(route: Route, when: Conjunction): string | null {
  const there = queriesOf(route, when, 'exists');
  for (const { query: gone, condition } of queriesOf(route, when, 'absent')) {
    if (gone.of !== null || gone.joins.some(({ inner }) => inner) || mayLose(route, gone)) continue;
    const found = there.find(
      ({ query }) =>
        query.table === gone.table &&
        query.id !== gone.id &&
        gone.where.every((part) => keeps(part, { found: query, gone })),
    );
    if (found && gone.where.length > 0) {
      return `${words(condition)} contradicts ${words(found.condition)}`;
    }
  }
  return null;
}

function queriesOf(route: Route, when: Conjunction, kind: 'exists' | 'absent') {
  return when.flatMap((condition) => {
    if (condition.kind !== kind) return [];
    const query = route.reads.find(({ id }) => id === condition.query);
    return query ? [{ query, condition }] : [];
  });
}

/** Whether the route deletes rows of that table, or changes what the look-up goes by. */
function mayLose({ writes }: Route, { id, table, where }: Query): boolean {
  const looked = where.flatMap((part) => {
    const [own] = 'left' in part ? sidesOf(part, id) : [];
    return own?.kind === 'column' ? [own.column] : [];
  });
  return writes.some(
    (write) =>
      write.table === table &&
      (write.kind === 'delete' || looked.some((column) => column in write.set)),
  );
}

/** Whether a part of the second look-up holds for what the first one found. */
function keeps(part: Condition, { found, gone }: { found: Query; gone: Query }): boolean {
  if (found.where.some((known) => keyOf(known, found.id) === keyOf(part, gone.id))) return true;
  if (part.kind !== 'compare' || part.op !== '=') return false;
  const [own, other] = sidesOf(part, gone.id);
  if (own?.kind !== 'column' || other?.kind !== 'column') return false;
  return other.row === found.id && own.column === other.column;
}

/** The side that is a column of the row, and the one it is compared with. */
function sidesOf({ left, right }: Comparison, row: string): [Term?, Term?] {
  if (left.kind === 'column' && left.row === row) return [left, right];
  return right.kind === 'column' && right.row === row ? [right, left] : [];
}

/** A condition's content with the row it is about left open, whichever side names it. */
function keyOf(condition: Condition, row: string): string {
  const { at: _, ...content } = condition;
  const turned =
    'left' in content && content.op === '=' && sidesOf(content, row)[0] === content.right
      ? { ...content, left: content.right, right: content.left }
      : content;
  return JSON.stringify(turned, (key, value: unknown) =>
    key === 'at' ? undefined : key === 'row' && value === row ? '' : value,
  );
}
