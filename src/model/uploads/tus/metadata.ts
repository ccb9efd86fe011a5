import { ts } from '../../../kernel/syntax.ts';
import { headerOf } from '../../readers/request-parts.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { FILLED } from '../../trace/made.ts';
import { placeAt } from '../../trace/source.ts';
import { called, choose } from '../../trace/terms.ts';
import { compareValues } from '../../trace/truth.ts';
import {
  input,
  literal,
  type Special,
  term,
  typed,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';

/** `Upload-Metadata` of the request as texts by their key; undefined where none is sent. */
export function sentMetadata(machine: Machine, node: ts.Node): Value {
  const fields = textsBy((name) => input('headers', ['upload-metadata', name], { type: 'string' }));
  const header = headerOf(machine, 'upload-metadata');
  const isSent = compareValues({ left: header, op: '!=', right: literal(null) }, node);
  return choose(isSent, fields, UNDEFINED);
}

/** What an upload was stored with by the request that created it: what `onUploadCreate` says, else what that request sent. */
export function storedMetadata(machine: Machine, options: Value, node: ts.Node): Value {
  const names = namesGiven(machine.get(options, 'onUploadCreate', node));
  const fields = textsBy((name) => {
    const stored = term(
      { kind: 'external', name: `@tus/server: metadata.${name}` },
      typed('string', true),
    );
    return names?.has(name) ? called('string', [stored], FILLED) : stored;
  });
  if (names) return fields;
  const name = '@tus/server: the upload has metadata';
  return choose(
    atom({ kind: 'external', at: placeAt(node), name, holds: true }),
    fields,
    UNDEFINED,
  );
}

function textsBy(get: (name: string) => Value): Special {
  return { kind: 'special', name: 'upload.metadata', get };
}

/** The keys of the metadata that a function returns wherever it ends; undefined where it leaves metadata alone. */
function namesGiven(creation: Value): ReadonlySet<string> | undefined {
  if (creation.kind !== 'closure' || !creation.node.body) return undefined;
  const given = returnedBy(creation.node.body).map((each) => fieldOf(each, 'metadata'));
  const [first, ...rest] = given.map((each) => each && keysOf(each));
  if (!first) return undefined;
  return new Set([...first].filter((name) => rest.every((each) => each?.has(name))));
}

function returnedBy(body: ts.ConciseBody): readonly ts.Expression[] {
  if (!ts.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

function fieldOf(node: ts.Expression, name: string): ts.Expression | undefined {
  const bare = ts.isParenthesizedExpression(node) ? node.expression : node;
  if (!ts.isObjectLiteralExpression(bare)) return undefined;
  const property = bare.properties.find((each) => each.name?.getText() === name);
  return property && ts.isPropertyAssignment(property) ? property.initializer : undefined;
}

function keysOf(node: ts.Expression): ReadonlySet<string> {
  if (!ts.isObjectLiteralExpression(node)) return new Set();
  return new Set(node.properties.flatMap(({ name }) => (name ? [name.getText()] : [])));
}
