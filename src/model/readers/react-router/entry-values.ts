import type { ts } from '../../../kernel/syntax.ts';
import type { Native, Value } from '../../static/value.ts';
import { entryOf, nativeOf, textOf } from '../../static/value.ts';
import { type Entry, withoutEnding } from './entry.ts';

/** A route that one of the configuration's helpers has made. */
export interface Made extends Native {
  readonly type: 'react-router-entry';
  readonly entry: Entry;
}

/** How a list of routes is to be read. */
export interface Reading {
  /** The folder that files are relative to. */
  readonly app: string;
  /** What in the list can't be told. */
  readonly unknown: ts.Node[];
}

/** The routes of a list; what of it can't be told is noted. */
export function entriesIn(
  value: Value | undefined,
  { reading, node }: { reading: Reading; node: ts.Node },
): Entry[] {
  if (!value || (value.kind === 'literal' && value.value === undefined)) return [];
  if (value.kind !== 'list' || value.open.value) reading.unknown.push(node);
  if (value.kind !== 'list') return [];
  return value.items.flatMap((item) => {
    const found = entryIn(item, reading);
    if (!found) reading.unknown.push(item.origin?.expression ?? node);
    return found ?? [];
  });
}

/** A route as a helper made it, or written out as an object. */
function entryIn(value: Value, reading: Reading): Entry | undefined {
  const known = nativeOf(value);
  if (known?.type === 'react-router-entry') return (known as Made).entry;
  const file = textOf(entryOf(value, 'file'));
  if (file === undefined) return undefined;
  const children = entryOf(value, 'children');
  const node = value.origin?.expression;
  return entry(reading.app, {
    file: `${reading.app}/${file}`,
    path: textOf(entryOf(value, 'path')) ?? null,
    index: isTrue(entryOf(value, 'index')),
    children: children && node ? entriesIn(children, { reading, node }) : [],
    id: textOf(entryOf(value, 'id')),
  });
}

export function isTrue(value: Value | undefined): boolean {
  return value?.kind === 'literal' && value.value === true;
}

/** A route by the path of its file in the repo; its name is that file's, unless it is given one. */
export function entry(
  app: string,
  { file, id, ...said }: Omit<Entry, 'id'> & { readonly id: string | undefined },
): Entry {
  const full = normal(file);
  const own = full.startsWith(`${app}/`) ? full.slice(app.length + 1) : full;
  return { ...said, id: id ?? withoutEnding(own), file: full };
}

/** A path without `.` and `..`. */
export function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
