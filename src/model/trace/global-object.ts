import { ts } from '../../kernel/syntax.ts';
import { apart } from './apart.ts';
import { functionsAround } from './assigned-later.ts';
import { assignedByName } from './field-assignments.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { textOf } from './source.ts';
import { fieldsCell } from './terms.ts';
import {
  type Cell,
  type Fields,
  literalOf,
  type Scope,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

interface Store {
  readonly fields: Cell<Fields>;
  /** What files put there as they load, so far. */
  readonly ran: Set<ts.Statement>;
  /** What their functions put there once they are called. */
  readonly later: Map<string, Value>;
}

const stores = new WeakMap<Machine, Store>();

/**
 * `globalThis`, on which apps keep what is to be made once. What is no part of the platform is not there until the
 * app puts it there: as the file that asks loads, or before it was asked.
 */
export function globalObject(
  machine: Machine,
  platform: (name: string) => Value | undefined,
): Special {
  const store = stores.get(machine) ?? newStore();
  stores.set(machine, store);
  const { fields } = store;
  return {
    kind: 'special',
    name: 'globalThis',
    get: (name, node) => {
      const own = fields.value.get(name);
      if (own && !isEmpty(own)) return own;
      const given = own ? undefined : platform(name);
      if (given || (!own && name in globalThis)) return given;
      if (!own) load(machine, store, { name, node });
      const loaded = fields.value.get(name) ?? UNDEFINED;
      return isEmpty(loaded) ? (putLater(machine, store, { name, node }) ?? loaded) : loaded;
    },
    set: (name, value) => set(machine, fields, new Map([...fields.value, [name, value]])),
  };
}

function newStore(): Store {
  return { fields: fieldsCell(new Map()), ran: new Set(), later: new Map() };
}

function isEmpty(value: Value): boolean {
  return value.kind === 'undefined' || (value.kind === 'term' && literalOf(value) === null);
}

/**
 * What a function of the same file puts there, for another that asks whether it is there: by the time requests come the
 * app has called it. Whoever fills what it finds empty itself is followed as it stands.
 */
function putLater(
  machine: Machine,
  { later }: Store,
  { name, node }: { name: string; node: ts.Node },
): Value | undefined {
  const [asking] = functionsAround(node);
  if (!asking || !ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression))
    return undefined;
  const put = (assignedByName(node.expression).get(name) ?? []).filter(
    ({ within }) => !functionsAround(node).includes(within),
  );
  const [only] = put;
  if (!only || put.length > 1) return undefined;
  const before = later.get(name);
  if (before) return before;
  later.set(name, unknown(textOf(node)));
  const scope = scopeOf(node.getSourceFile());
  const value = apart(machine, () => machine.evaluate(only.value, scope));
  const told = isEmpty(value) || literalOf(value) !== undefined ? unknown(textOf(node)) : value;
  later.set(name, told);
  return told;
}

function scopeOf({ fileName: file }: ts.SourceFile): Scope {
  return { names: new Map(), parent: null, self: null, home: null, file };
}

/** Runs the statements of a file that put something there under a name before it is asked for. */
function load(
  machine: Machine,
  { ran }: Store,
  { name, node }: { name: string; node: ts.Node },
): void {
  const source = node.getSourceFile();
  const asking = statementAround(node);
  for (const statement of source.statements) {
    if (statement === asking) return;
    if (ran.has(statement) || !puts(machine, statement, name)) continue;
    ran.add(statement);
    const scope = scopeOf(source);
    apart(machine, () => {
      machine.run(statement, scope);
      return UNDEFINED;
    });
  }
}

/** The statement of a file that runs something as the file loads; undefined for what is in a function. */
function statementAround(node: ts.Node): ts.Node | undefined {
  let at = node;
  while (at.parent && !ts.isSourceFile(at.parent)) {
    if (ts.isFunctionLike(at)) return undefined;
    at = at.parent;
  }
  return at;
}

/** Whether a statement assigns to a property, or a global variable, of that name where it stands. */
function puts(machine: Machine, statement: ts.Statement, name: string): boolean {
  const visit = (node: ts.Node): boolean => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return false;
    const target = ts.isBinaryExpression(node) && PUTTING.has(node.operatorToken.kind) && node.left;
    return (target && nameOf(machine, target) === name) || (ts.forEachChild(node, visit) ?? false);
  };
  return visit(statement);
}

const PUTTING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
]);

function nameOf(machine: Machine, target: ts.Expression): string | undefined {
  if (ts.isIdentifier(target)) return target.text;
  if (ts.isPropertyAccessExpression(target)) return target.name.text;
  if (!ts.isElementAccessExpression(target)) return undefined;
  const key = target.argumentExpression;
  if (ts.isStringLiteralLike(key)) return key.text;
  if (!ts.isIdentifier(key)) return undefined;
  const value = apart(machine, () => machine.evaluate(key, scopeOf(key.getSourceFile())));
  return stringOf(value) ?? symbolName(key);
}

/** The name of what a module keeps under a symbol of its own: `globalThis[KEPT]`. */
export function symbolName(key: ts.Expression): string | undefined {
  return ts.isIdentifier(key) ? `[${key.text}] ${key.getSourceFile().fileName}` : undefined;
}

/** What every module sees. */
export function isGlobal(name: string): boolean {
  return name === 'globalThis' || name === 'global';
}

const declared = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

/** `globalThis`, where a file says that a variable of that name stands on it: `declare global { var db: … }`. */
export function globalOf(machine: Machine, name: ts.Identifier): Special | undefined {
  const source = name.getSourceFile();
  const known = declared.get(source) ?? new Set(source.statements.flatMap(globalsIn));
  declared.set(source, known);
  return known.has(name.text) ? globalObject(machine, () => undefined) : undefined;
}

function globalsIn(statement: ts.Statement): string[] {
  if (!ts.isModuleDeclaration(statement)) return [];
  const { body } = statement;
  if (!(statement.flags & ts.NodeFlags.GlobalAugmentation) || !body || !ts.isModuleBlock(body))
    return [];
  return body.statements.flatMap((each) =>
    ts.isVariableStatement(each)
      ? each.declarationList.declarations.map(({ name }) => name.getText())
      : [],
  );
}
