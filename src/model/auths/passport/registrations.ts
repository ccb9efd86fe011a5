import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import type { Registered } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';

/** A strategy as it is registered: what it is made with, and the function that finds a user. */
export interface Strategy {
  readonly name: string;
  readonly package: string;
  readonly options: Registered | null;
  readonly verify: Registered;
}

/** What the code tells Passport before any request comes. */
export interface Registrations {
  readonly strategies: readonly Strategy[];
  readonly deserialize: Registered | null;
}

const known = new WeakMap<Program, Registrations>();

/** Finds `passport.use(…)` and `passport.deserializeUser(…)` wherever they stand. */
export function registrationsOf({ deps: { program } }: Machine): Registrations {
  const before = known.get(program);
  if (before) return before;
  const calls = program.repo.files.flatMap(({ path }) =>
    /\.[mc]?[jt]sx?$/.test(path) && program.matches(path, /passport/)
      ? callsIn(program.source(path))
      : [],
  );
  const of = (name: string) => calls.filter((call) => methodOf(call) === name);
  const [deserialize] = of('deserializeUser');
  const found = {
    strategies: of('use').flatMap((call) => strategyIn(program, call) ?? []),
    deserialize: deserialize?.arguments[0] ? registered(deserialize.arguments[0]) : null,
  };
  known.set(program, found);
  return found;
}

export function strategyNamed(machine: Machine, name: string): Strategy | undefined {
  return registrationsOf(machine).strategies.find((each) => each.name === name);
}

function callsIn(source: ts.SourceFile | undefined): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && methodOf(node) !== undefined) found.push(node);
    ts.forEachChild(node, visit);
  };
  if (source) visit(source);
  return found;
}

/** The method of `passport` that a call is of. */
function methodOf({ expression }: ts.CallExpression): string | undefined {
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const { expression: owner, name } = expression;
  const chained = ts.isCallExpression(owner) && methodOf(owner) !== undefined;
  const isPassport = ts.isIdentifier(owner) && /passport/i.test(owner.text);
  return isPassport || chained ? name.text : undefined;
}

function strategyIn(program: Program, call: ts.CallExpression): Strategy | undefined {
  const [first, second] = call.arguments;
  const made = madeBy(program, second ?? first);
  if (!made) return undefined;
  const { expression: type, arguments: args = [] } = made;
  const root = ts.isPropertyAccessExpression(type) ? type.expression : type;
  const meaning = ts.isIdentifier(root) ? program.meaning(root) : undefined;
  const verify = args.at(-1);
  if (meaning?.kind !== 'package' || !verify) return undefined;
  const isNamed = second !== undefined && first !== undefined && ts.isStringLiteralLike(first);
  return {
    name: isNamed ? first.text : ownName(meaning.package),
    package: meaning.package,
    options: args.length > 1 && args[0] ? registered(args[0]) : null,
    verify: registered(verify),
  };
}

/** What a strategy calls itself: `google` of passport-google-oauth20, `github` of passport-github2, `bearer` of passport-http-bearer. */
function ownName(from: string): string {
  const name = from.replace(/^.*passport-/, '');
  return name.replace(/^http-|(?<=.)-oauth2?0?$|(?<=github|gitlab)2$/g, '');
}

function madeBy(program: Program, node: ts.Expression | undefined): ts.NewExpression | undefined {
  if (!node) return undefined;
  if (ts.isNewExpression(node)) return node;
  const meaning = ts.isIdentifier(node) ? program.meaning(node) : undefined;
  if (meaning?.kind !== 'declared' || !ts.isVariableDeclaration(meaning.node)) return undefined;
  const { initializer } = meaning.node;
  return initializer && ts.isNewExpression(initializer) ? initializer : undefined;
}

function registered(expression: ts.Expression): Registered {
  return { file: expression.getSourceFile().fileName, expression };
}
