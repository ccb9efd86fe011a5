import { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { fieldsCell } from './terms.ts';
import { type Cell, type Fields, type Special, UNDEFINED, type Value } from './values.ts';

const stores = new WeakMap<Machine, Cell<Fields>>();

/**
 * `globalThis`, on which apps keep what is to be made once. What is no part of the platform is not there until the
 * app puts it there.
 */
export function globalObject(
  machine: Machine,
  platform: (name: string) => Value | undefined,
): Special {
  const known = stores.get(machine) ?? fieldsCell(new Map());
  stores.set(machine, known);
  return {
    kind: 'special',
    name: 'globalThis',
    get: (name) => {
      const own = known.value.get(name);
      if (own) return own;
      return platform(name) ?? (name in globalThis ? undefined : UNDEFINED);
    },
    set: (name, value) => set(machine, known, new Map([...known.value, [name, value]])),
  };
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
