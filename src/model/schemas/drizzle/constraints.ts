import type { Call, Value } from '../../static/value.ts';
import { entryOf, native, textOf } from '../../static/value.ts';
import type { ConstraintNative } from './natives.ts';

const KINDS: Readonly<Record<string, ConstraintNative['kind']>> = {
  index: 'index',
  uniqueIndex: 'unique',
  unique: 'unique',
  primaryKey: 'primaryKey',
  foreignKey: 'foreignKey',
  check: 'check',
};

/** `index('name')`, `primaryKey({ columns })`, `check('name', sql…)`, …; undefined for another name. */
export function constraintCall(
  name: string,
  { args }: Pick<Call, 'args' | 'node'>,
): Value | undefined {
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) return undefined;
  const [first, second] = args;
  const options = first?.kind === 'object' ? first : undefined;
  const made: ConstraintNative = {
    type: 'drizzle.constraint',
    kind,
    name: textOf(first) ?? textOf(entryOf(options, 'name')) ?? null,
    on: options ? itemsOf(entryOf(options, 'columns')) : kind === 'primaryKey' ? args : [],
    to: itemsOf(entryOf(options, 'foreignColumns')),
    onDelete: null,
    where: kind === 'check' ? (second ?? null) : null,
    nullsNotDistinct: false,
  };
  return native(made);
}

/** `.on(…)`, `.where(…)`, `.onDelete(…)`, `.nullsNotDistinct()`; the rest changes nothing we need. */
export function constraintMethod(
  of: ConstraintNative,
  { name, args }: Call & { readonly name: string },
): Value {
  const [first] = args;
  switch (name) {
    case 'on':
    case 'onOnly':
      return native({ ...of, on: args });
    case 'using':
      return native({ ...of, on: args.slice(1) });
    case 'where':
      return native({ ...of, where: first ?? null });
    case 'onDelete':
      return native({ ...of, onDelete: textOf(first) ?? null });
    case 'nullsNotDistinct':
      return native({ ...of, nullsNotDistinct: true });
    default:
      return native(of);
  }
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : [];
}
