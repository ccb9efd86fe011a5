import type { Table } from '../db/db.ts';
import type { Mint } from './model.ts';
import type { TokenUse } from './trace/machine.ts';

/** Whom a token names: by which claim, compared with which column. */
interface Named {
  readonly session: { readonly table: string; readonly column: string };
  readonly table: string;
  readonly claim: string | null;
}

/**
 * The token that a request of the actor carries: the claim it is looked up by, what the app checks and, where the
 * app makes such tokens itself, what it puts in. Null where no variable is seen to hold the secret.
 */
export function mintFor(
  { session, table, claim }: Named,
  traced: readonly { readonly tokens: readonly TokenUse[] }[],
  tables: readonly Table[],
): Mint | null {
  const tokens = traced.flatMap((each) => each.tokens);
  const check = tokens.find(({ made, secret }) => !made && secret !== null);
  if (!check?.secret || session.table !== table) return null;
  const maker = tokens.find(({ made, secret }) => made && secret === check.secret);
  const said = [...Object.entries(maker?.claims ?? {}), ...Object.entries(check.claims)];
  const claims = said.flatMap(([name, said]): [string, Mint['claims'][string]][] => {
    if ('value' in said) return [[name, said]];
    return said.table === table && hasColumn(tables, said) ? [[name, { column: said.column }]] : [];
  });
  const named = claim === null ? {} : { [claim]: { column: session.column } };
  if (claim === null && !claims.some(([, said]) => isKey(tables, { table, said }))) return null;
  return {
    kind: check.kind,
    secret: check.secret,
    algorithm: check.algorithm,
    claims: { ...Object.fromEntries(claims), ...named },
  };
}

/** The table that tokens are made for: one names it by its key. Null where none does. */
export function signedTable(
  traced: readonly { readonly tokens: readonly TokenUse[] }[],
  tables: readonly Table[],
): string | null {
  const claims = traced.flatMap(({ tokens }) =>
    tokens.flatMap((token) => (token.made ? Object.values(token.claims) : [])),
  );
  for (const said of claims)
    if ('table' in said && isKey(tables, { table: said.table, said })) return said.table;
  return null;
}

function isKey(
  tables: readonly Table[],
  { table, said }: { table: string; said: Mint['claims'][string] },
): boolean {
  const owner = tables.find(({ id }) => id === table);
  return 'column' in said && owner?.primaryKey.join() === said.column;
}

function hasColumn(
  tables: readonly Table[],
  { table, column }: { table: string; column: string },
): boolean {
  const owner = tables.find(({ id }) => id === table);
  return owner?.columns.some(({ name }) => name === column) ?? false;
}
