import type { Template } from '../../reader.ts';
import { type Special, stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { fragmentOf, isMadeOf, type Part, quoted } from '../sql/fragments.ts';

/** What a template, or a helper of `sql`, writes into a statement. */
function made(parts: readonly Part[]): Special {
  return isMadeOf({ kind: 'special', name: 'slonik.sql' }, parts);
}

/** `` sql.type(schema)`…` ``, `` sql.unsafe`…` ``, `` sql.fragment`…` ``: the text, with pieces where others stand in it. */
export function tagTemplate({ texts, values }: Template): Special {
  return made(
    texts.flatMap((text, index) => {
      const value = values[index];
      return value ? [text, ...(fragmentOf(value) ?? [{ value }])] : [text];
    }),
  );
}

/** What a member of `sql` gives when it is called; undefined for one that is not known. */
export function tagCall(name: string, args: readonly Value[]): Value | undefined {
  const [first = UNDEFINED, second] = args;
  switch (name) {
    case 'type':
    case 'typeAlias':
      return { kind: 'special', name: `slonik.${name}`, tag: tagTemplate };
    case 'identifier':
      return made([
        itemsOf(first)
          .map((item) => quoted(stringOf(item) ?? 'hole'))
          .join('.'),
      ]);
    case 'join':
      return made(joined(itemsOf(first), second));
    case 'literalValue':
      return made([`'${(stringOf(first) ?? '').replaceAll("'", "''")}'`]);
    case 'json':
    case 'jsonb':
    case 'date':
    case 'timestamp':
    case 'uuid':
    case 'binary':
    case 'array':
      return made([{ value: first }]);
    default:
      return undefined;
  }
}

function itemsOf(list: Value): readonly Value[] {
  return list.kind === 'array' ? list.items.value.map((item) => item.value) : [list];
}

function joined(items: readonly Value[], glue: Value | undefined): readonly Part[] {
  const between = (glue && fragmentOf(glue)) ?? [', '];
  return items.flatMap((item, index) => {
    const parts = fragmentOf(item) ?? [{ value: item }];
    return index === 0 ? parts : [...between, ...parts];
  });
}

/** The `sql` that `createSqlTag()` makes. */
export function sqlTag(): Special {
  return {
    kind: 'special',
    name: 'slonik.tag',
    tag: tagTemplate,
    get: (name) =>
      /^(unsafe|fragment)$/.test(name)
        ? { kind: 'special', name: `slonik.${name}`, tag: tagTemplate }
        : undefined,
    invoke: (name, args) => tagCall(name, args),
  };
}
