import { createHash } from 'node:crypto';

/** TypeORM's constraint names: a kind and the start of a digest over table and columns. */
export function constraintName(
  kind: 'PK' | 'UQ' | 'FK' | 'REL' | 'IDX' | 'CHK',
  table: string,
  parts: readonly string[],
): string {
  const text = `${table}_${[...parts].sort().join('_')}`;
  const length = { PK: 27, UQ: 27, FK: 27, REL: 26, IDX: 26, CHK: 26 }[kind];
  return `${kind}_${createHash('sha1').update(text).digest('hex').slice(0, length)}`;
}

/** `firstName` as `first_name`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([A-Z])([A-Z])([a-z])/g, '$1_$2$3')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
