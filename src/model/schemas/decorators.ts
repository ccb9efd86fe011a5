import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { type Json, literalIn, type Options, propertiesOf } from './literals.ts';

/** A member as its decorators describe it. */
export interface Member {
  readonly name: string;
  readonly node: ts.PropertyDeclaration;
  readonly decorators: ReadonlyMap<string, readonly ts.Expression[]>;
}

interface Decorator {
  readonly name: string;
  readonly args: readonly ts.Expression[];
}

/** Whose decorators they are, as code imports it. */
interface From {
  readonly from: string;
}

/** Decorators of a node that are exports of a package, in the order they are written in, also through the app's own. */
export function decoratorsIn(
  program: Program,
  node: ts.HasDecorators,
  { from }: From,
): Decorator[] {
  return (ts.getDecorators(node) ?? []).flatMap(({ expression }) => {
    const callee = ts.isCallExpression(expression) ? expression.expression : expression;
    const args = ts.isCallExpression(expression) ? expression.arguments : [];
    return decoratorsBy(program, { callee, args }, { from });
  });
}

interface Used {
  readonly callee: ts.Expression;
  readonly args: readonly ts.Expression[];
}

function decoratorsBy(
  program: Program,
  { callee, args }: Used,
  { from, depth = 0 }: From & { readonly depth?: number },
): Decorator[] {
  if (!ts.isIdentifier(callee)) return [];
  const meaning = program.meaning(callee);
  if (meaning?.kind === 'package')
    return meaning.package === from ? [{ name: meaning.name, args }] : [];
  const body = meaning?.kind === 'declared' ? bodyOf(meaning.node) : undefined;
  if (!body || depth > 3) return [];
  return callsIn(body).flatMap((inner) => {
    const given = handedOn(program, inner.arguments, args);
    return decoratorsBy(
      program,
      { callee: inner.expression, args: given },
      { from, depth: depth + 1 },
    );
  });
}

function bodyOf(node: ts.Node): ts.Node | undefined {
  const made = ts.isVariableDeclaration(node) ? node.initializer : node;
  return made && ts.isFunctionLike(made) && 'body' in made ? made.body : undefined;
}

/** The calls of what goes by a decorator's name. */
function callsIn(body: ts.Node): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    const isCall = ts.isCallExpression(node) && ts.isIdentifier(node.expression);
    if (isCall && /^[A-Z]/.test(node.expression.text)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(body);
  return found;
}

/** What a decorator of the app's own gives the one it uses: what is written out there, and what it was given itself. */
function handedOn(
  program: Program,
  own: readonly ts.Expression[],
  given: readonly ts.Expression[],
): readonly ts.Expression[] {
  const written = own.filter((each) => isWrittenOut(program, each));
  if (written.length === own.length) return own;
  const plain = [...written, ...given].filter((each) => !ts.isObjectLiteralExpression(each));
  const properties = [...own, ...given]
    .filter(ts.isObjectLiteralExpression)
    .flatMap((each) => each.properties.filter((one) => isProperty(program, one)));
  return [...plain, ts.factory.createObjectLiteralExpression(properties)];
}

function isWrittenOut(program: Program, node: ts.Expression): boolean {
  if (ts.isObjectLiteralExpression(node))
    return node.properties.every((each) => isProperty(program, each));
  return ts.isArrowFunction(node) || literalIn(node) !== undefined;
}

/** A property that is more than what a function is given for it. */
function isProperty(program: Program, node: ts.ObjectLiteralElementLike): boolean {
  if (!ts.isPropertyAssignment(node)) return false;
  if (!ts.isIdentifier(node.initializer)) return true;
  const meaning = program.meaning(node.initializer);
  return !(meaning?.kind === 'declared' && ts.isParameter(meaning.node));
}

/** The same by their names, with their arguments. */
export function decoratorsOf(
  program: Program,
  node: ts.HasDecorators,
  from: From,
): Map<string, readonly ts.Expression[]> {
  return new Map(decoratorsIn(program, node, from).map(({ name, args }) => [name, args]));
}

/** The members of a class and of those it extends, the furthest first. */
export function membersOf(
  program: Program,
  node: ts.ClassLikeDeclaration,
  { from, depth = 0 }: From & { readonly depth?: number },
): Member[] {
  const [parent] =
    node.heritageClauses?.find((each) => each.token === ts.SyntaxKind.ExtendsKeyword)?.types ?? [];
  const meaning =
    parent && ts.isIdentifier(parent.expression) ? program.meaning(parent.expression) : undefined;
  const above =
    meaning?.kind === 'declared' && ts.isClassLike(meaning.node) && depth < 8
      ? membersOf(program, meaning.node, { from, depth: depth + 1 })
      : [];
  const own = node.members.flatMap((member): Member[] => {
    if (!ts.isPropertyDeclaration(member) || !ts.isIdentifier(member.name)) return [];
    const decorators = decoratorsOf(program, member, { from });
    return decorators.size > 0 ? [{ name: member.name.text, node: member, decorators }] : [];
  });
  const names = new Set(own.map(({ name }) => name));
  return [...above.filter(({ name }) => !names.has(name)), ...own];
}

/** The properties of the first object among arguments. */
export function optionsIn(args: readonly ts.Expression[]): Options {
  return propertiesOf(args.find(ts.isObjectLiteralExpression));
}

/** A literal, or an enum's member or constant that stands for one. */
export function constantIn(
  program: Program,
  node: ts.Expression | undefined,
  depth = 0,
): Json | undefined {
  const plain = literalIn(node);
  if (!node || plain !== undefined) return plain;
  if (ts.isAsExpression(node)) return constantIn(program, node.expression, depth);
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const meaning = program.meaning(node.expression);
  if (meaning?.kind !== 'declared' || !ts.isEnumDeclaration(meaning.node)) return undefined;
  return depth > 4 ? undefined : enumMembers(program, meaning.node, depth + 1).get(node.name.text);
}

/** What an enum's members stand for, which may be other members. */
function enumMembers(program: Program, node: ts.EnumDeclaration, depth = 0): Map<string, Json> {
  return new Map(
    node.members.map((member, index): [string, Json] => [
      member.name.getText().replace(/['"]/g, ''),
      constantIn(program, member.initializer, depth) ?? index,
    ]),
  );
}

/** The labels of `enum: Status` or `enum: ['a', 'b']`. */
export function labelsIn(program: Program, node: ts.Expression | undefined): string[] | null {
  if (!node) return null;
  if (ts.isArrayLiteralExpression(node))
    return node.elements.map((each) => String(constantIn(program, each)));
  if (ts.isCallExpression(node) && node.expression.getText() === 'Object.values')
    return labelsIn(program, node.arguments[0]);
  if (!ts.isIdentifier(node)) return null;
  const meaning = program.meaning(node);
  if (meaning?.kind !== 'declared') return null;
  if (ts.isEnumDeclaration(meaning.node))
    return [...enumMembers(program, meaning.node).values()].map(String);
  const value = ts.isVariableDeclaration(meaning.node) ? meaning.node.initializer : undefined;
  if (value && ts.isObjectLiteralExpression(value))
    return [...optionsIn([value]).values()].map((each) => String(constantIn(program, each)));
  return value && ts.isAsExpression(value) ? labelsIn(program, value.expression) : null;
}

/** The class a relation's `() => Other` names. */
export function targetOf(program: Program, node: ts.Expression | undefined): ts.Node | undefined {
  const body = node && ts.isArrowFunction(node) ? node.body : undefined;
  if (!body || !ts.isIdentifier(body)) return undefined;
  const meaning = program.meaning(body);
  return meaning?.kind === 'declared' ? meaning.node : undefined;
}

/** The property an inverse side names: `(other) => other.author`. */
export function inverseOf(node: ts.Expression | undefined): string | undefined {
  if (node && ts.isStringLiteralLike(node)) return node.text;
  const body = node && ts.isArrowFunction(node) ? node.body : undefined;
  return body && ts.isPropertyAccessExpression(body) ? body.name.text : undefined;
}

/** The plain type a property is written with: `string` of `string | null`. */
export function annotation(type: ts.TypeNode | undefined): string {
  if (type && ts.isUnionTypeNode(type)) {
    const plain = type.types.find((each) => !/^(null|undefined)$/.test(each.getText()));
    return annotation(plain);
  }
  return type?.getText() ?? '';
}
