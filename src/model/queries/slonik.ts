import type { QueryReader } from '../reader.ts';
import { client } from './slonik/client.ts';
import { sqlTag, tagCall, tagTemplate } from './slonik/tag.ts';

const CLIENTS = /^(DatabasePool|CommonQueryMethods|Database(Pool|Transaction)?Connection)(Type)?$/;

/** Slonik: SQL in templates, and clients that say by their method how many rows there are (its README). */
export const slonik = {
  name: 'slonik',
  from: /^(@silverhand\/)?slonik$/,
  call(machine, { name, args }) {
    if (name === 'createPool') return client(machine);
    if (name === 'createSqlTag') return sqlTag();
    return name.startsWith('sql.') ? tagCall(name.slice(4), args) : undefined;
  },
  template: (_machine, { name, ...template }) =>
    name === 'sql' || name.startsWith('sql.') ? tagTemplate(template) : undefined,
  typed: (machine, { name }) => (CLIENTS.test(name) ? client(machine) : undefined),
} satisfies QueryReader;
