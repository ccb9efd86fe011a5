import { ts } from '../../kernel/syntax.ts';
import { asksFor, functionsAround, isAssignment, isNothing, type Later } from './assigned-later.ts';
import { isStatic } from './static-members.ts';

/** What code puts into a field of what is there already, and the function that does so once it is called. */
export interface LaterField extends Later {
  readonly within: ts.SignatureDeclaration;
}

type FieldsLater = ReadonlyMap<string, readonly LaterField[]>;

interface OfClass {
  readonly instances: FieldsLater;
  readonly itself: FieldsLater;
  /** Fields of instances that code empties again (`this.pending = null`): what is there, is so for a while. */
  readonly emptied: ReadonlySet<string>;
}

const ofClasses = new WeakMap<ts.ClassLikeDeclaration, OfClass>();
const ofVariables = new WeakMap<ts.Identifier, FieldsLater>();

/** What a class's code puts on its instances, beside its constructor, and on the class itself. */
export function assignedByClass(type: ts.ClassLikeDeclaration): OfClass {
  const known = ofClasses.get(type) ?? byClass(type);
  ofClasses.set(type, known);
  return known;
}

/** Under what name stands what is put into fields whose names are not written out (`models[model.name] = model`). */
export const ANY_FIELD = '[]';

/** What a file's functions put into the object that one of its variables holds. */
export function assignedByName(name: ts.Identifier): FieldsLater {
  const known = ofVariables.get(name);
  if (known) return known;
  const into = new Map<string, LaterField[]>();
  collect(name.getSourceFile(), { owner: name.text, into });
  ofVariables.set(name, into);
  return into;
}

function byClass(type: ts.ClassLikeDeclaration): OfClass {
  const instances = new Map<string, LaterField[]>();
  const itself = new Map<string, LaterField[]>();
  for (const member of type.members) {
    collect(member, { owner: 'this', into: isStatic(member) ? itself : instances });
    if (type.name) collect(member, { owner: type.name.text, into: itself });
  }
  return { instances, itself, emptied: emptiedIn(type) };
}

/** What the last part of a `try` empties is there for as long as the work goes on. */
function emptiedIn(type: ts.ClassLikeDeclaration): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node, isLast: boolean): void => {
    if (isLast && ts.isBinaryExpression(node) && isAssignment(node) && isNothing(node.right)) {
      const { left } = node;
      if (ts.isPropertyAccessExpression(left) && isCalled(left.expression, 'this'))
        found.add(left.name.text);
    }
    const block = ts.isTryStatement(node) ? node.finallyBlock : undefined;
    ts.forEachChild(node, (child) => visit(child, isLast || child === block));
  };
  visit(type, false);
  return found;
}

interface Collecting {
  /** `this`, or the name of a variable. */
  readonly owner: string;
  readonly into: Map<string, LaterField[]>;
}

function collect(node: ts.Node, about: Collecting, isMember = true): void {
  if (about.owner === 'this' && !isMember && hasOwnThis(node)) return;
  if (ts.isBinaryExpression(node)) note(node, about);
  ts.forEachChild(node, (child) => collect(child, about, false));
}

function note(node: ts.BinaryExpression, { owner, into }: Collecting): void {
  const { left, right: value } = node;
  if (!isAssignment(node) || isNothing(value)) return;
  if (!ts.isPropertyAccessExpression(left) && !ts.isElementAccessExpression(left)) return;
  const name = ts.isPropertyAccessExpression(left) ? left.name.text : ANY_FIELD;
  const [innermost] = functionsAround(node);
  if (!isCalled(left.expression, owner) || !innermost) return;
  if (owner === 'this' && ts.isConstructorDeclaration(innermost)) return;
  const later = { value, lazily: asksFor(innermost, name), within: innermost };
  into.set(name, [...(into.get(name) ?? []), later]);
}

function isCalled(node: ts.Expression, owner: string): boolean {
  return owner === 'this'
    ? node.kind === ts.SyntaxKind.ThisKeyword
    : ts.isIdentifier(node) && node.text === owner;
}

function hasOwnThis(node: ts.Node): boolean {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isClassLike(node);
}
