import { ts } from '../../../kernel/syntax.ts';
import { baseOf } from '../../static/property.ts';
import type { ClassValue, Machine, Value } from '../../static/value.ts';
import { textOf } from '../../static/value.ts';
import { nestOf } from './collect.ts';
import type { Provider } from './container.ts';
import type { Module } from './modules.ts';

/** A Passport strategy that a module provides. */
export interface Strategy {
  readonly name: string;
  /** The package of the strategy it extends: `passport-jwt`; `passport` where the app has a class of its own for it. */
  readonly package: string;
  readonly provider: Provider;
}

/** The classes among providers that extend `PassportStrategy(…)`. */
export function strategiesOf(
  machine: Machine,
  modules: readonly Module[],
  providers: readonly Provider[],
): Strategy[] {
  const classes = modules.flatMap(({ providers: all }) =>
    all.flatMap((each) => (each.kind === 'class' ? [each] : [])),
  );
  return classes.flatMap((type) => {
    const base = baseOf(machine, type);
    const made = nestOf(base);
    const provider = providers.find(({ token }) => token === type.node);
    if (made?.name !== 'PassportStrategy' || !provider) return [];
    const [strategy, name] = made.args;
    const root = strategy && rootOf(machine, strategy);
    const from = root?.kind === 'package' ? root.package : '';
    const own = strategy?.kind === 'class' ? nameGiven(machine, strategy) : undefined;
    return [{ name: textOf(name) ?? own ?? nameOf(from), package: from, provider }];
  });
}

/** What the first of a strategy's classes is: of a package, unless nothing shows it. */
function rootOf(machine: Machine, strategy: Value): Value | undefined {
  let at: Value | undefined = strategy;
  for (let depth = 0; at?.kind === 'class' && depth < DEEPEST; depth += 1) at = baseOf(machine, at);
  return at;
}

const DEEPEST = 12;

/** The name that a strategy's class gives itself: `name = 'session'`, or in its constructor `this.name = …`. */
function nameGiven(machine: Machine, strategy: ClassValue): string | undefined {
  for (const member of strategy.node.members) {
    const written = nameIn(member);
    if (written) return textOf(machine.evaluate(written, strategy.frame));
  }
  return undefined;
}

function nameIn(member: ts.ClassElement): ts.Expression | undefined {
  if (ts.isPropertyDeclaration(member) && member.name.getText() === 'name')
    return member.initializer;
  if (!ts.isConstructorDeclaration(member)) return undefined;
  for (const statement of member.body?.statements ?? []) {
    if (!ts.isExpressionStatement(statement)) continue;
    const { expression } = statement;
    if (ts.isBinaryExpression(expression) && /^this\s*\.\s*name$/.test(expression.left.getText()))
      return expression.right;
  }
  return undefined;
}

/** The name a strategy has unless it is given another. */
function nameOf(from: string): string {
  const short = /passport-(?:http-)?([\w-]+)$/.exec(from)?.[1] ?? from;
  return short === 'google-oauth20' || short === 'google-oauth2' ? 'google' : short;
}
