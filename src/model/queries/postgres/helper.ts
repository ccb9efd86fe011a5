import { spreadFields } from '../../trace/composites.ts';
import { firstOf } from '../../trace/lists.ts';
import { stringOf, type Value } from '../../trace/values.ts';
import { type Part, quoted } from '../sql/fragments.ts';

/** `sql(rows)`, `sql(row, 'a', 'b')`. */
export interface Helper {
  readonly first: Value;
  readonly columns: readonly Value[];
}

const WORDS = ['values', 'in', 'select', 'as', 'returning', '\\(', 'update', 'insert'];

/** What `sql(…)` writes behind the words before it, of which the last decides (postgres.js's `Builder`). */
export function helperParts(before: readonly Part[], helper: Helper): readonly Part[] {
  const text = before.map((part) => (typeof part === 'string' ? part : '$1')).join('');
  switch (lastWord(text)) {
    case 'in':
      return [...before.slice(0, -1), ...membership(before.at(-1), helper.first)];
    case 'values':
      return [...before, ...valueLists(helper)];
    case 'insert':
      return [
        ...before,
        `(${columnsOf(helper).map(quoted).join(',')})values`,
        ...valueLists(helper),
      ];
    case 'update':
      return [...before, ...assignments(helper)];
    default:
      return [...before, ...columns(helper)];
  }
}

function lastWord(text: string): string | undefined {
  const found = WORDS.map((word) => {
    const all = [...text.matchAll(new RegExp(`(?:^|[\\s(])${word}(?=$|[\\s(])`, 'gi'))];
    return { word, at: all.at(-1)?.index ?? -1 };
  }).sort((a, b) => b.at - a.at);
  return found[0] && found[0].at >= 0 ? found[0].word : undefined;
}

/** `x IN ${sql(list)}` asks what `x = ANY(list)` asks, however long the list is. */
function membership(last: Part | undefined, list: Value): Part[] {
  const text = typeof last === 'string' ? last : '';
  const not = /\bnot\s+in\s*$/i.test(text);
  const bare = text.replace(/\b(?:not\s+)?in\s*$/i, '');
  return [`${bare}${not ? '<> ALL(' : '= ANY('}`, { value: list }, ')'];
}

/** `SELECT ${sql(['a', 't.b'])}`, or an object's values under its names. */
function columns({ first, columns: named }: Helper): readonly Part[] {
  const names = [...textsIn(first), ...named.flatMap(textsIn)];
  if (first.kind !== 'object') return [names.map(quoted).join(',') || 'hole'];
  const { fields } = spreadFields(first);
  return separated(
    [...fields].map(([name, value]): readonly Part[] => [{ value }, ` as ${quoted(name)}`]),
  );
}

function textsIn(value: Value): string[] {
  if (value.kind === 'array') return value.items.value.flatMap((item) => textsIn(item.value));
  const text = stringOf(value);
  return text === undefined ? [] : [text];
}

/** `UPDATE t SET ${sql(row, 'a', 'b')}`. */
function assignments(helper: Helper): readonly Part[] {
  const row = rowsOf(helper.first)[0];
  const fields = row ? spreadFields(row).fields : new Map<string, Value>();
  return separated(
    columnsOf(helper).flatMap((name) => {
      const value = fields.get(name);
      return value ? [[`${quoted(name)}=`, { value }]] : [];
    }),
  );
}

/** `(…),(…)`: a row each, of a list that is not known one by one for one of them. */
function valueLists(helper: Helper): readonly Part[] {
  const names = columnsOf(helper);
  return separated(
    rowsOf(helper.first).map((row) => {
      const fields = row.kind === 'array' ? undefined : spreadFields(row).fields;
      const values = fields
        ? names.map((name) => fields.get(name))
        : row.kind === 'array'
          ? row.items.value.map((item) => item.value)
          : [];
      const cells = values.map((value): readonly Part[] => (value ? [{ value }] : ['DEFAULT']));
      return ['(', ...separated(cells), ')'];
    }),
  );
}

function rowsOf(value: Value): readonly Value[] {
  if (value.kind === 'list') return [firstOf(value)];
  return value.kind === 'array' ? value.items.value.map((item) => item.value) : [value];
}

function columnsOf({ first, columns: named }: Helper): readonly string[] {
  const names = named.flatMap(textsIn);
  if (names.length > 0) return names;
  const [row] = rowsOf(first);
  return row ? [...spreadFields(row).fields.keys()] : [];
}

function separated(parts: readonly (readonly Part[])[]): readonly Part[] {
  return parts.flatMap((part, index) => (index === 0 ? part : [',', ...part]));
}
