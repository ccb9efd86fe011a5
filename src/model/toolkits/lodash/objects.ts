import { spreadFields } from '../../trace/composites.ts';
import { globalValue } from '../../trace/globals.ts';
import { hasOwn } from '../../trace/in-object.ts';
import { branchValue } from '../../trace/path.ts';
import { object } from '../../trace/terms.ts';
import { isThere } from '../../trace/truth.ts';
import { stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import type { Helper } from '../lodash.ts';

const same: Helper = (_, [value = UNDEFINED]) => value;

/** Functions of objects. */
export const OBJECTS: Readonly<Record<string, Helper>> = {
  identity: same,
  clone: same,
  cloneDeep: same,
  keys: ofObject('keys'),
  values: ofObject('values'),
  pairs: ofObject('entries'),
  toPairs: ofObject('entries'),
  extend: ofObject('assign'),
  assign: ofObject('assign'),
  pick: (_, [from = UNDEFINED, ...names]) => fieldsOf(from, { names, isKept: true }),
  omit: (_, [from = UNDEFINED, ...names]) => fieldsOf(from, { names, isKept: false }),
  has: (machine, [owner, path], node) =>
    path && !stringOf(path)?.includes('.')
      ? hasOwn(machine, [owner ?? UNDEFINED, path], node)
      : undefined,
  get: (machine, [from = UNDEFINED, path, otherwise], node) => {
    const names = stringOf(path)?.split('.');
    if (!names) return undefined;
    const found = names.reduce((value, name) => machine.get(value, name, node), from);
    if (!otherwise) return found;
    const when = isThere(found, node);
    return branchValue(machine, when, { yes: () => found, no: () => otherwise });
  },
};

function ofObject(name: string): Helper {
  return (machine, args, node) => {
    const global = globalValue(machine, 'Object');
    return global && machine.call(machine.get(global, name, node), args, node);
  };
}

interface Names {
  readonly names: readonly Value[];
  readonly isKept: boolean;
}

/** An object with the fields of these names alone, or with all but these. */
function fieldsOf(from: Value, { names, isKept }: Names): Value | undefined {
  const flat = names.flatMap((each) =>
    each.kind === 'array' ? each.items.value.map(({ value }) => value) : [each],
  );
  const wanted = flat.map(stringOf);
  const { fields, open } = spreadFields(from);
  if (wanted.includes(undefined) || (open && fields.size === 0)) return undefined;
  const kept = [...fields].filter(([name]) => wanted.includes(name) === isKept);
  return object(kept, open && !isKept);
}
