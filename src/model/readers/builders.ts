import { parametersOf, ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { propertyOf } from '../static/property.ts';
import type { Machine, Value } from '../static/value.ts';
import { UNKNOWN } from '../static/value.ts';

/** What a function or class at a module's top builds, and what it needs others for. */
interface Builder {
  readonly declaration: ts.Node;
  readonly member: ts.ClassElement | null;
  readonly makes: readonly ts.Node[];
}

const REACH = 2_000;

/** Calls an exported function or class that nobody called, each parameter with what `argumentFor` has for it. */
export function callMaker(
  machine: Machine,
  made: Value,
  argumentFor: (parameter: ts.ParameterDeclaration) => Value,
): void {
  if (made.kind === 'function') {
    machine.invoke(made, parametersOf(made.node).map(argumentFor));
  } else if (made.kind === 'class') {
    const node = ts.factory.createNewExpression(ts.factory.createThis(), undefined, []);
    machine.apply(made, { node, args: [], isNew: true, under: [] });
  }
}

/**
 * Runs the functions, methods and constructors nobody ran while the modules loaded that make what `isMaking` names
 * (an app, a router): those that lead to others first, with nothing known of their arguments.
 */
export function runBuilders(
  machine: Machine,
  files: readonly string[],
  {
    seen,
    isMaking,
  }: {
    readonly seen: ReadonlySet<ts.Node>;
    readonly isMaking: (program: Program, node: ts.Node) => boolean;
  },
): void {
  const { program } = machine;
  const builders = files.flatMap((file) => {
    const source = program.source(file);
    return source ? buildersIn(source, (node) => !seen.has(node) && isMaking(program, node)) : [];
  });
  const isLeft = ({ makes }: Builder) => makes.some((node) => !seen.has(node));
  for (const builder of callersFirst(program, builders)) {
    if (isLeft(builder)) runOne(machine, builder);
  }
}

function buildersIn(source: ts.SourceFile, isMaking: (node: ts.Node) => boolean): Builder[] {
  const found = new Map<ts.Node, { owner: Owner; makes: ts.Node[] }>();
  const visit = (node: ts.Node): void => {
    const owner = isMaking(node) ? ownerOf(node) : undefined;
    if (owner) {
      const key = owner.member ?? owner.declaration;
      const known = found.get(key) ?? { owner, makes: [] };
      known.makes.push(node);
      found.set(key, known);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found.values()].map(({ owner, makes }) => ({ ...owner, makes }));
}

interface Owner {
  readonly declaration: ts.Node;
  readonly member: ts.ClassElement | null;
}

/** The declaration at the top of its module that code stands in; undefined outside of functions. */
function ownerOf(node: ts.Node): Owner | undefined {
  let member: ts.ClassElement | null = null;
  let inFunction = false;
  for (let at = node; at.parent; at = at.parent) {
    if (ts.isFunctionLike(at)) inFunction = true;
    if (ts.isClassElement(at)) member = at;
    if (!isTop(at)) continue;
    if (!inFunction) return undefined;
    const declaration = ts.isExportAssignment(at) ? at.expression : at;
    return { declaration, member: ts.isClassDeclaration(at) ? member : null };
  }
  return undefined;
}

function isTop(node: ts.Node): boolean {
  if (ts.isVariableDeclaration(node)) return ts.isSourceFile(node.parent.parent.parent);
  const declares =
    ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isExportAssignment(node);
  return declares && ts.isSourceFile(node.parent);
}

function callersFirst(program: Program, builders: readonly Builder[]): Builder[] {
  const own = new Set(builders.map(({ declaration }) => declaration));
  const leads = new Map(
    [...own].map((each) => {
      const reached = reachedFrom(program, each);
      return [each, [...own].filter((other) => other !== each && reached.has(other)).length];
    }),
  );
  const weight = ({ declaration }: Builder) => leads.get(declaration) ?? 0;
  return [...builders].sort((a, b) => weight(b) - weight(a));
}

/** The top-level declarations a declaration speaks of, however far off. */
function reachedFrom(program: Program, start: ts.Node): ReadonlySet<ts.Node> {
  const reached = new Set([start]);
  for (const declaration of reached) {
    if (reached.size > REACH) break;
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node.parent)) {
        const meaning = program.meaning(node);
        if (meaning?.kind === 'declared' && isBuilt(meaning.node)) reached.add(meaning.node);
      }
      if (!ts.isTypeNode(node)) ts.forEachChild(node, visit);
    };
    visit(declaration);
  }
  return reached;
}

function isBuilt(node: ts.Node): boolean {
  return isTop(node) || (ts.isExpression(node) && ts.isExportAssignment(node.parent));
}

function runOne(machine: Machine, { declaration, member }: Builder): void {
  const value = machine.held(declaration, null);
  if (value.kind === 'class') runMember(machine, value, member);
  if (value.kind === 'function') machine.invoke(value, argumentsFor(value.node));
  if (value.kind !== 'object') return;
  for (const entry of value.entries.values()) {
    if (entry.kind === 'function') machine.invoke(entry, argumentsFor(entry.node));
  }
}

function runMember(
  machine: Machine,
  value: Value & { kind: 'class' },
  member: ts.ClassElement | null,
) {
  const isStatic =
    member &&
    ts.canHaveModifiers(member) &&
    ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
  const made = isStatic ? value : instanceOf(machine, value);
  const name = member?.name && !ts.isComputedPropertyName(member.name) ? member.name.text : null;
  const method = name === null ? null : propertyOf(machine, made, name);
  if (method?.kind === 'function') machine.invoke(method, argumentsFor(method.node));
}

function instanceOf(machine: Machine, value: Value & { kind: 'class' }): Value {
  const node = ts.factory.createNewExpression(ts.factory.createThis(), undefined, []);
  const maker = value.node.members.find(ts.isConstructorDeclaration);
  const args = maker ? argumentsFor(maker) : [];
  return machine.apply(value, { node, args, isNew: true, under: [] });
}

/** Unknown where something must be given; what has a default is left out. */
function argumentsFor(node: ts.SignatureDeclaration): Value[] {
  return parametersOf(node).map(({ initializer }) =>
    initializer ? { kind: 'literal', value: undefined, origin: null } : UNKNOWN,
  );
}
