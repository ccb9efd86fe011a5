import { rowsOf, type World } from './world.ts';

/** A readable name for each row: what the code calls it, else its table's singular. */
export function namesOf(world: World): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const rows = rowsOf(world).filter((row) => row.origin !== 'written');
  const added = (id: string) => /[@^>/]/.test(id);
  for (const row of rows.toSorted((a, b) => Number(added(a.id)) - Number(added(b.id)))) {
    const own = /^[a-z][\w#~]*$/i.test(row.id) ? row.id.replace(/[#~].*$/, '') : null;
    const name = firstFree(own ?? singular(row.table.name), taken, own === null);
    taken.add(name);
    names.set(row.id, name);
  }
  return names;
}

function firstFree(name: string, taken: ReadonlySet<string>, added: boolean): string {
  if (!taken.has(name)) return name;
  if (added && !taken.has(`other_${name}`)) return `other_${name}`;
  let number = 2;
  while (taken.has(`${name}${number}`)) number += 1;
  return `${name}${number}`;
}

function singular(table: string): string {
  if (/ies$/.test(table)) return table.replace(/ies$/, 'y');
  if (/(ss|x|ch|sh)es$/.test(table)) return table.replace(/es$/, '');
  return /[^s]s$/.test(table) ? table.replace(/s$/, '') : table;
}
