import type { Condition, InputPart, Term } from '../../condition/condition.ts';
import { termsOf } from '../../condition/logic.ts';
import type { Column } from '../../db/db.ts';
import { isTransparent } from './calls.ts';
import { columnOf, type Setting, tableNamed } from './setting.ts';
import { isUniqueAlone } from './unique-column.ts';

interface Input {
  readonly from: InputPart;
  readonly path: readonly string[];
}

/** The column an input is looked up by or written to: it says what the input looks like. */
export function inputColumn(setting: Setting, input: Input): Column | undefined {
  const isIt = (term: Term): boolean => {
    if (term.kind === 'call') return term.args.some(isIt);
    return isSame(term, input);
  };
  for (const write of setting.writes.values()) {
    for (const [name, term] of Object.entries(write.set)) {
      if (isIt(term)) return columnOf(setting.tables.get(write.table), name);
    }
  }
  const compared = (condition: Condition): Column | undefined => {
    if (!('left' in condition)) return undefined;
    const { left, right } = condition;
    const side = isIt(left) ? right : isIt(right) ? left : undefined;
    return side?.kind === 'column'
      ? columnOf(tableNamed(setting, side.row), side.column)
      : undefined;
  };
  const conditions = [...setting.queries.values()].flatMap((query) => query.where);
  return conditions.map(compared).find((column) => column !== undefined);
}

/** Inputs that the outcome's inserts put as they are into columns that are unique by themselves. */
export function insertedInputs(setting: Setting) {
  return setting.outcome.writes.flatMap((id) => {
    const write = setting.writes.get(id);
    const table = write?.kind === 'insert' ? setting.tables.get(write.table) : undefined;
    return Object.entries(write?.set ?? {}).flatMap(([name, term]) => {
      const input = term.kind === 'call' && isTransparent(term.fn) ? term.args[0] : term;
      const column = columnOf(table, name);
      const unique = table && column && isUniqueAlone(table, column.name);
      return input?.kind === 'input' && unique ? [{ input, column }] : [];
    });
  });
}

/** Inputs that a row which must not be there is looked up by as texts: another run's row may hold the same sample. */
export function soughtInputs({ when, queries, tables }: Setting) {
  const asked = when.flatMap(termsOf);
  const sought = when.flatMap((condition) => {
    const query = condition.kind === 'absent' ? queries.get(condition.query) : undefined;
    return (query?.where ?? []).flatMap((part) => {
      if (!query || !('left' in part) || !(part.op === '=' || part.op === 'like')) return [];
      const terms = termsOf(part);
      const own = terms.find((term) => term.kind === 'column' && term.row === query.id);
      const input = terms.find((term) => term.kind === 'input');
      const column =
        own?.kind === 'column' ? columnOf(tables.get(query.table), own.column) : undefined;
      return input?.kind === 'input' && column ? [{ input, column }] : [];
    });
  });
  return sought.filter(({ input }) => !asked.some((term) => isSame(term, input)));
}

function isSame(term: Term, { from, path }: Input): boolean {
  return term.kind === 'input' && term.from === from && term.path.join('/') === path.join('/');
}
