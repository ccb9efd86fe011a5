import type { ts } from '../../../kernel/syntax.ts';
import { ts as syntax } from '../../../kernel/syntax.ts';
import type { Machine, Native, Semantics, Value } from '../../static/value.ts';
import { entryOf, native, nativeOf } from '../../static/value.ts';

/** A decorator or mapped type as a value: what was called, with what. */
export interface Made extends Native {
  readonly type: 'class-validator';
  readonly package: string;
  readonly name: string;
  readonly args: readonly Value[];
  readonly text: string;
}

const MAPPED = /^(Partial|Pick|Omit|Intersection)Type$/;

/** The exports of class-validator and class-transformer, mapped types, and what composes decorators. */
export const decoratorSemantics: Semantics = {
  call: (_, { package: from, path }, { node, args }) => {
    const name = path.filter((each) => each !== 'default').at(-1) ?? '';
    const mine =
      /^class-(validator|transformer)$/.test(from) ||
      (/^@nestjs\/(mapped-types|swagger|graphql)$/.test(from) && MAPPED.test(name)) ||
      (from === '@nestjs/common' && name === 'applyDecorators');
    if (!mine) return undefined;
    const made: Made = { type: 'class-validator', package: from, name, args, text: node.getText() };
    return native(made);
  },
};

export function madeOf(value: Value | undefined): Made | undefined {
  const found = nativeOf(value);
  return found?.type === 'class-validator' ? (found as Made) : undefined;
}

/** The decorators of a member that are validators or transformers, composed ones taken apart. */
export function decoratorsOn(machine: Machine, member: ts.PropertyDeclaration): Made[] {
  return (syntax.getDecorators(member) ?? []).flatMap(({ expression }) => {
    const value = machine.evaluate(expression, null);
    const known = flatten(value);
    return known.length > 0 ? known : unseen(value, expression);
  });
}

function flatten(value: Value): Made[] {
  const made = madeOf(value);
  if (!made) return [];
  if (made.name !== 'applyDecorators') return [made];
  return made.args.flatMap((each) =>
    each.kind === 'list' ? each.items.flatMap(flatten) : flatten(each),
  );
}

/** A decorator of the repo that registers a check of its own. */
function unseen(value: Value, expression: ts.Expression): Made[] {
  const registers =
    value.kind === 'function' && /registerDecorator\s*\(/.test(value.node.getText());
  if (!registers) return [];
  const text = expression.getText();
  return [{ type: 'class-validator', package: 'class-validator', name: 'Own', args: [], text }];
}

/** The options a validator is called with: those with keys only it knows. */
export function isEach({ args }: Made): boolean {
  const each = entryOf(args.at(-1), 'each');
  return each?.kind === 'literal' && each.value === true;
}
