import type { ts } from '../../../kernel/syntax.ts';
import { arrayOf } from '../../trace/composites.ts';
import { databaseError } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { termsIn } from '../../trace/terms.ts';
import { literal, type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { alternative } from '../sql/alternatives.ts';
import { runSql } from '../sql/run.ts';
import type { Part } from './part.ts';
import { isMadeOf } from './parts.ts';

/** A query, which runs once it is awaited; inside another's template it is a piece of that. */
export function query(machine: Machine, parts: readonly Part[], node: ts.Node): Special {
  const promise = lazily(machine, () => rowsOf(machine, { parts, node }, 0));
  const made: Special = {
    ...promise,
    name: 'postgres.query',
    invoke: (method, [visit = UNDEFINED], at) => {
      if (/^(simple|execute|describe|raw|values|readable|writable)$/.test(method)) return made;
      if (method !== 'forEach') return undefined;
      return machine.invoke(promise.settle?.() ?? UNDEFINED, { name: method, args: [visit] }, at);
    },
  };
  return isMadeOf(made, parts);
}

interface Asked {
  readonly parts: readonly Part[];
  readonly node: ts.Node;
}

function rowsOf(machine: Machine, { parts, node }: Asked, followed: number): Value {
  const at = parts.findIndex((part) => typeof part === 'object' && 'when' in part);
  const choice = parts[at];
  if (typeof choice !== 'object' || !('when' in choice)) {
    return result(machine, parts.filter(isPiece), node);
  }
  const on = (side: readonly Part[]) => {
    const whole = [...parts.slice(0, at), ...side, ...parts.slice(at + 1)];
    return rowsOf(machine, { parts: whole, node }, followed + 1);
  };
  const { when, yes, no } = choice;
  const about = { when, followed, isEmpty: isEmpty(yes) };
  return alternative(machine, about, { yes: () => on(yes), no: () => on(no) });
}

type Piece = string | { readonly value: Value };

function isPiece(part: Part): part is Piece {
  return typeof part === 'string' || 'value' in part;
}

function isEmpty(parts: readonly Part[]): boolean {
  return parts.every((part) => typeof part === 'string' && part.trim() === '');
}

/** The rows; how many a write without RETURNING changed stands in `count` of none. */
function result(machine: Machine, pieces: readonly Piece[], node: ts.Node): Value {
  const params: Value[] = [];
  const text = pieces
    .map((piece) => (typeof piece === 'string' ? piece : `$${params.push(piece.value)}`))
    .join('');
  const rows = runSql(machine, { text, params, node, error: databaseError });
  if (!rows) return unknown(textOf(node), params.flatMap(termsIn));
  if (rows.kind === 'nothing') return arrayOf([]);
  if (rows.kind !== 'special') return rows;
  return {
    kind: 'special',
    name: 'postgres.result',
    get: (name, at) => {
      if (name === 'count') return machine.get(rows, 'rowCount', at);
      if (name === 'length') return literal(0);
      return /^\d+$/.test(name) ? UNDEFINED : undefined;
    },
  };
}
