import type { ts } from '../../../kernel/syntax.ts';
import type { Template } from '../../reader.ts';
import { arrayOf, spreadItems } from '../../trace/composites.ts';
import { textOf } from '../../trace/source.ts';
import {
  literalOf,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { type Piece, param, parsedExpression } from '../sql/nodes.ts';
import { runPieces } from '../sql/run.ts';
import { type Context, expression, operand, reference, statementOf } from './expression.ts';
import { named } from './names.ts';

const fragments = new WeakMap<Special, readonly Piece[]>();

/** `sql`…``: an expression inside a query, or a statement of its own once executed. */
export function sqlTemplate(context: Context, { texts, values }: Template, node: ts.Node): Special {
  return fragment(
    context,
    texts.flatMap((text, index) => {
      const value = values[index];
      return value ? [text, ...piecesOf(context, value, node)] : [text];
    }),
    node,
  );
}

function fragment(context: Context, pieces: readonly Piece[], node: ts.Node): Special {
  const { machine } = context;
  const made = expression(
    context,
    () => parsedExpression(machine, pieces) ?? param(machine, unknown(textOf(node))),
    { execute: (at) => lazily(machine, () => executed(context, pieces, at)) },
  );
  fragments.set(made, pieces);
  return made;
}

function piecesOf(context: Context, value: Value, node: ts.Node): readonly Piece[] {
  if (value.kind === 'special') {
    const inner = fragments.get(value);
    if (inner) return inner;
    return statementOf(value) || value.name === 'expression'
      ? [{ node: operand(context, value, node) }]
      : [{ value }];
  }
  return [{ value }];
}

function executed(context: Context, pieces: readonly Piece[], node: ts.Node): Value {
  const { machine, names } = context;
  const rows = runPieces(machine, pieces, node);
  const found = !rows ? unknown(textOf(node)) : rows.kind === 'nothing' ? arrayOf([]) : rows;
  return {
    kind: 'special',
    name: 'result',
    get: (name, at) => {
      if (name === 'rows') return found.kind === 'special' ? arrayOf([]) : named(found, names);
      return name === 'numAffectedRows' ? machine.get(found, 'rowCount', at) : undefined;
    },
  };
}

/** `sql.ref('a.b')`, `sql.raw('…')`, `sql.join(list)` and their kin. */
export function sqlFunction(
  context: Context,
  { name, args, node }: { name: string; args: readonly Value[]; node: ts.Node },
): Value | undefined {
  const [first = UNDEFINED, separator] = args;
  const text = stringOf(first);
  switch (name) {
    case 'raw':
      return fragment(context, [text ?? { value: first }], node);
    case 'ref':
      return expression(context, () => reference(context, text ?? ''));
    case 'table':
    case 'id':
      return fragment(
        context,
        [quoted(args.map((each) => context.names.toSql(stringOf(each) ?? '')))],
        node,
      );
    case 'val':
    case 'value':
    case 'lit':
    case 'literal':
      return fragment(
        context,
        [typeof literalOf(first) === 'number' ? String(literalOf(first)) : { value: first }],
        node,
      );
    case 'join': {
      const between = separator?.kind === 'special' ? (fragments.get(separator) ?? [', ']) : [', '];
      const items = spreadItems(first).map((item) => piecesOf(context, item.value, node));
      return fragment(
        context,
        items.flatMap((each, index) => (index ? [...between, ...each] : each)),
        node,
      );
    }
    default:
      return undefined;
  }
}

function quoted(path: readonly string[]): string {
  return path
    .flatMap((each) => each.split('.'))
    .map((each) => `"${each}"`)
    .join('.');
}
