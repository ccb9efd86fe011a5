import type { Value } from '../../static/value.ts';
import { entryOf, plainText } from '../../static/value.ts';
import { deferrable, referenceSql } from './columns.ts';
import { bareName, isSet, listed, namesOf, quote } from './names.ts';

/**
 * `{ unique: ['a', 'b'], check: 'a > b', foreignKeys: { … } }` under the name given, else under the one that
 * node-pg-migrate makes (`operations/tables/shared.ts`, `parseConstraints`).
 */
export function constraintsOf(
  table: Value | undefined,
  options: Value | undefined,
  given?: string,
): string[] {
  const named = (made: string) => `CONSTRAINT ${quote(given || `${bareName(table)}_${made}`)}`;
  const [key, exclude] = [entryOf(options, 'primaryKey'), plainText(entryOf(options, 'exclude'))];
  const all = [
    ...checks(entryOf(options, 'check'), named),
    ...uniques(entryOf(options, 'unique'), named),
    ...(isSet(key) ? [`${named('pkey')} PRIMARY KEY (${namesOf(key)})`] : []),
    ...listed(entryOf(options, 'foreignKeys')).flatMap((each) => foreignKey(each, named)),
    ...(exclude ? [`${named('excl')} EXCLUDE ${exclude}`] : []),
  ];
  if (!isSet(entryOf(options, 'deferrable'))) return all;
  return all.map((each) => `${each} ${deferrable(entryOf(options, 'deferred'))}`);
}

type Named = (made: string) => string;

function checks(value: Value | undefined, named: Named): string[] {
  return listed(value).flatMap((each, index) => {
    const text = plainText(each);
    const name = value?.kind === 'list' ? `chck_${index + 1}` : 'chck';
    return text ? [`${named(name)} CHECK (${text})`] : [];
  });
}

/** One set of columns, or a list of sets. */
function uniques(value: Value | undefined, named: Named): string[] {
  if (!isSet(value)) return [];
  const items = listed(value);
  const sets = items.some(({ kind }) => kind === 'list') ? items : [value];
  return sets.map((set) => {
    const name = `uniq_${listed(set).map(bareName).join('_')}`;
    return `${named(name)} UNIQUE (${namesOf(set)})`;
  });
}

function foreignKey(key: Value, named: Named): string[] {
  if (key.kind !== 'object') return [];
  const columns = key.entries.get('columns');
  const own = plainText(key.entries.get('referencesConstraintName'));
  const name = own
    ? `CONSTRAINT ${quote(own)}`
    : named(`fk_${listed(columns).map(bareName).join('_')}`);
  return [`${name} FOREIGN KEY (${namesOf(columns)}) ${referenceSql(key.entries)}`];
}
