import { ts } from '../../../../kernel/syntax.ts';
import type { Registered } from '../../../reader.ts';
import { registered } from '../../../static/registered.ts';
import type { Machine, Value } from '../../../static/value.ts';
import type { PathModule } from './paths.ts';

/** What an operation's `apiDoc` is, as the app is put together and where it is written. */
export interface Doc {
  readonly value: Value;
  readonly written: Registered;
}

interface Named {
  readonly module: PathModule;
  readonly name: string;
  readonly value: Value;
}

/** `GET.apiDoc = { … }`, in the file or the function that the operation stands in. */
export function docOf(machine: Machine, { module, name, value }: Named): Doc | undefined {
  const run = registered(value);
  const file = module.file ?? run?.file;
  const source = file === undefined ? undefined : machine.program.source(file);
  const own = value.kind === 'function' ? value.node.name?.getText() : undefined;
  const expression = source && (assigned(source, name) ?? (own && assigned(source, own)));
  if (!run || !expression) return undefined;
  const frame = value.origin?.frame ?? null;
  return {
    value: machine.evaluate(expression, frame),
    written: { ...run, file: source.fileName, expression },
  };
}

function assigned(source: ts.SourceFile, name: string): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && isDocOf(node.left, name)) found = node.right;
    if (!found) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `GET.apiDoc`, `exports.GET.apiDoc`. */
function isDocOf(target: ts.Expression, name: string): boolean {
  if (!ts.isPropertyAccessExpression(target) || target.name.text !== 'apiDoc') return false;
  return target.expression.getText().split('.').at(-1) === name;
}
