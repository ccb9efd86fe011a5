import type { Node } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { arrayOf, spreadFields, spreadItems } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { type Special, stringOf, unknown, type Value } from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { type Piece, parsedExpression } from '../sql/nodes.ts';
import { runPieces } from '../sql/run.ts';

const raws = new WeakMap<Special, readonly Piece[]>();

/** `knex.raw('lower(??) = ?', [column, value])`: an expression in a query, a statement once awaited. */
export function raw(
  machine: Machine,
  { args: [text, bindings], node }: { args: readonly Value[]; node: ts.Node },
): Special {
  const pieces = piecesOf(stringOf(text) ?? '', bindings);
  const made: Special = {
    ...lazily(machine, () => executed(machine, pieces, node)),
    name: 'raw',
    invoke: (method) => (/^(transacting|wrap|options|timeout|as)$/.test(method) ? made : undefined),
  };
  raws.set(made, pieces);
  return made;
}

/** The expression that raw SQL is; undefined where a value is none. */
export function rawNode(machine: Machine, value: Value, bindings?: Value): Node | undefined {
  const text = bindings || value.kind !== 'special' ? stringOf(value) : undefined;
  if (bindings && text !== undefined) return parsedExpression(machine, piecesOf(text, bindings));
  const pieces = value.kind === 'special' ? raws.get(value) : undefined;
  return pieces && parsedExpression(machine, pieces);
}

/** `?` is a value, `??` a name, `:key` and `:key:` the same by name. */
function piecesOf(text: string, bindings: Value | undefined): Piece[] {
  const named = bindings?.kind === 'object' ? spreadFields(bindings).fields : undefined;
  const listed = bindings && !named ? spreadItems(bindings).map((item) => item.value) : [];
  const alone = bindings && !named && bindings.kind !== 'array' ? [bindings] : listed;
  let at = 0;
  return text.split(/(\?\??|(?<!:):\w+:?)/).map((part): Piece => {
    if (part.startsWith('?')) {
      const value = alone[at] ?? unknown('?');
      at += 1;
      return part === '??' ? quoted(value) : { value };
    }
    const key = named && /^:(\w+)(:?)$/.exec(part);
    const value = key ? named.get(key[1] ?? '') : undefined;
    if (!key || !value) return part;
    return key[2] ? quoted(value) : { value };
  });
}

function quoted(value: Value): string {
  return (stringOf(value) ?? 'hole')
    .split('.')
    .map((each) => `"${each}"`)
    .join('.');
}

function executed(machine: Machine, pieces: readonly Piece[], node: ts.Node): Value {
  const rows = runPieces(machine, pieces, node);
  const found = !rows ? unknown(textOf(node)) : rows.kind === 'nothing' ? arrayOf([]) : rows;
  return {
    kind: 'special',
    name: 'result',
    get: (name, at) => {
      if (name === 'rows') return found.kind === 'special' ? arrayOf([]) : found;
      return name === 'rowCount' ? machine.get(found, 'rowCount', at) : undefined;
    },
  };
}
