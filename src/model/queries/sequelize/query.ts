import type { Table } from '../../../db/db.ts';
import type { QueryCall } from '../../reader.ts';
import { arrayOf, arrayOfAll } from '../../trace/composites.ts';
import { firstOf } from '../../trace/lists.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { termsIn } from '../../trace/terms.ts';
import {
  type Fields,
  literalOf,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { fieldsOf } from '../records/read.ts';
import { rowCount, rowsIn } from '../sql/driver-result.ts';
import { runSql } from '../sql/run.ts';
import { withText } from '../sql/text.ts';
import { asked, violation } from './errors.ts';
import { replaced } from './replacements.ts';
import { tableIn } from './tables.ts';

type Asked = Pick<QueryCall, 'args' | 'node'>;

/** `sequelize.query(text, { replacements, type, plain, model })`, once it is awaited. */
export function textQuery(machine: Machine, { args, node }: Asked): Value {
  const [first = UNDEFINED, given = UNDEFINED] = args;
  const options = fieldsOf(given);
  const whole = fieldsOf(first);
  const text = whole.get('query') ?? first;
  const values = options.get('replacements') ?? options.get('bind') ?? whole.get('values');
  const { params, numbered, demand } = replaced(machine, values, node);
  if (stringOf(text) !== undefined) demand(stringOf(text) ?? '');
  const rows = asked(
    machine,
    () =>
      withText(machine, { value: text, given: params.length, node, numbered }, (assembled) =>
        run(machine, { text: assembled.text, params: [...params, ...assembled.added], node }),
      ) ?? unknown(textOf(node), params.flatMap(termsIn)),
  );
  const table = tableIn(machine, options.get('model'));
  return shaped({ machine, rows: table ? instances(rows, table) : rows, node }, options);
}

/** Rows as those of a model, which have its methods. */
function instances(rows: Value, table: Table): Value {
  if (rows.kind !== 'list') return rows;
  const element = (id: string): Value => {
    const row = rows.element(id);
    if (row.kind !== 'row') return row;
    return { ...row, table, ...(row.table ? {} : { only: new Set(row.fields.keys()) }) };
  };
  return { ...rows, element };
}

interface Answer {
  readonly machine: Machine;
  readonly rows: Value;
  readonly node: QueryCall['node'];
}

function run(
  machine: Machine,
  { text, params, node }: { text: string; params: readonly Value[]; node: QueryCall['node'] },
): Value | undefined {
  const done = runSql(machine, { text, params, node, error: violation });
  return done?.kind === 'nothing' ? arrayOf([]) : done;
}

/** What a call gives by the kind of query it says it is. */
function shaped(answer: Answer, options: Fields): Value {
  if (literalOf(options.get('plain')) === true) return one(answer);
  const type = stringOf(options.get('type'));
  const isRaw = type === undefined || type === 'RAW';
  if (isRaw && !options.has('model')) return pair(rowsIn(answer.rows), driverResult(answer));
  if (isRaw || /^(SELECT|DELETE|SHOWTABLES)$/.test(type)) return rowsIn(answer.rows);
  return /^BULK(UPDATE|DELETE)$/.test(type)
    ? counted(answer)
    : pair(rowsIn(answer.rows), counted(answer));
}

function driverResult(answer: Answer): Value {
  const get = (name: string) =>
    name === 'rowCount' ? counted(answer) : name === 'rows' ? rowsIn(answer.rows) : undefined;
  return { kind: 'special', name: 'result', get };
}

function pair(rows: Value, beside: Value): Value {
  return arrayOfAll([rows, beside]);
}

function one({ machine, rows, node }: Answer): Value {
  if (rows.kind === 'list') return firstOf(rows);
  return rows.kind === 'special' ? UNDEFINED : machine.get(rows, '0', node);
}

function counted({ machine, rows, node }: Answer): Value {
  return rowCount(machine, rows, node);
}
