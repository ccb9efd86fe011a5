import type { Table } from '../../../db/db.ts';
import { builtIn } from '../../trace/classes.ts';
import { arrayOfAll } from '../../trace/composites.ts';
import { OWN_WORDS } from '../../trace/error-words.ts';
import type { Violated } from '../../trace/errors.ts';
import { object } from '../../trace/terms.ts';
import { literal, type Value } from '../../trace/values.ts';

function known(code: string, meta: Value): Value {
  return builtIn(
    ['PrismaClientKnownRequestError', 'Error'],
    [
      ['name', literal('PrismaClientKnownRequestError')],
      ['code', literal(code)],
      ['message', OWN_WORDS],
      ['meta', meta],
    ],
  );
}

/** P2025: the record an operation needs is not there. */
export function notFound(model: string): Value {
  return known('P2025', object([['modelName', literal(model)]]));
}

/** P2002 and P2003, by which callers tell unique and foreign key violations. */
export function violation(table: Table, model: string) {
  return ({ code, columns, names }: Violated): Value => {
    const property = (name: string) =>
      table.columns.find((column) => column.name === name)?.property ?? name;
    const target = arrayOfAll(columns.map((each) => literal(property(each))));
    const fields: [string, Value][] = [
      ['modelName', literal(model)],
      ['target', target],
      ['field_name', literal(names[0] ?? '')],
    ];
    return known(code === '23505' ? 'P2002' : 'P2003', object(fields));
  };
}
