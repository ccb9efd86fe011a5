import { ts } from '../../kernel/syntax.ts';
import { apart } from './apart.ts';
import { fileScope } from './environment.ts';
import { libraryType } from './libraries.ts';
import type { Machine } from './machine.ts';
import { textOf } from './source.ts';
import { type ClassValue, unknown, type Value } from './values.ts';

/**
 * What a container puts where a type is asked for: an instance of a class of the repo, made with unknown
 * arguments, or what a data-access library's own type stands for. It is made when the app starts.
 */
export function typedValue(machine: Machine, type: ts.TypeNode | undefined): Value | undefined {
  if (!type || !ts.isTypeReferenceNode(type)) return undefined;
  const path = namesOf(type.typeName);
  const [first] = path;
  const meaning = first && machine.deps.program.meaning(first);
  if (!meaning) return undefined;
  if (meaning.kind === 'declared' && path.length === 1) {
    const { file, node } = meaning;
    if (!ts.isClassLike(node)) return aliased(machine, node);
    return made(machine, { kind: 'class', node, scope: fileScope(file) }, type);
  }
  if (meaning.kind !== 'package') return undefined;
  const rest = path.slice(1).map((each) => each.text);
  const own = ['*', 'default'].includes(meaning.name) && rest.length > 0 ? [] : [meaning.name];
  const name = [...own, ...rest].join('.');
  return libraryType(machine, { ...meaning, name }, type.typeArguments ?? []);
}

/** The classes that instances are being made of: of two that ask for each other the second stays unknown. */
const making = new WeakMap<Machine, Set<ts.Node>>();

function made(machine: Machine, type: ClassValue, asked: ts.Node): Value {
  const now = making.get(machine) ?? new Set();
  making.set(machine, now);
  if (now.has(type.node)) return unknown(textOf(asked));
  now.add(type.node);
  try {
    return apart(machine, () => machine.construct(type, [], asked));
  } finally {
    now.delete(type.node);
  }
}

/** `@Inject() repo: Repo`: a container fills the property in. */
export function injectedProperty(
  machine: Machine,
  member: ts.PropertyDeclaration,
): Value | undefined {
  if (!ts.getDecorators(member)?.some(isInjecting)) return undefined;
  const own = machine.endpoint.semantics.injected?.(machine, member);
  return own ?? typedValue(machine, member.type);
}

function isInjecting({ expression }: ts.Decorator): boolean {
  return /^\w*Inject/.test(expression.getText());
}

/** `type Db = Kysely<Database>`. */
function aliased(machine: Machine, node: ts.Node): Value | undefined {
  return ts.isTypeAliasDeclaration(node) ? typedValue(machine, node.type) : undefined;
}

function namesOf(name: ts.EntityName): ts.Identifier[] {
  return ts.isIdentifier(name) ? [name] : [...namesOf(name.left), name.right];
}
