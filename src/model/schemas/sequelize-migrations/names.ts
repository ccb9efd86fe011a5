import type { Value } from '../../static/value.ts';
import { entryOf, plainText } from '../../static/value.ts';

/** A table by its name and, where one is said, its schema. */
export interface Named {
  readonly schema: string | undefined;
  readonly name: string;
}

/** `'crews'`, or `{ tableName: 'crews', schema: 'harbour' }`; undefined where it can't be told. */
export function nameOf(value: Value | undefined, schema?: string): Named | undefined {
  const name = plainText(value) ?? plainText(entryOf(value, 'tableName'));
  if (name === undefined) return undefined;
  return { name, schema: plainText(entryOf(value, 'schema')) ?? schema };
}

export function sqlName({ schema, name }: Named): string {
  return schema ? `"${schema}"."${name}"` : `"${name}"`;
}

/** Columns listed by their names, each alone or as `{ name }`. */
export function fieldsOf(value: Value | undefined): string[] {
  const items = value?.kind === 'list' ? value.items : value ? [value] : [];
  return items.flatMap(
    (item) =>
      plainText(item) ??
      plainText(entryOf(item, 'name')) ??
      plainText(entryOf(item, 'attribute')) ??
      [],
  );
}
