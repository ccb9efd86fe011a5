import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { arrayOf } from '../../trace/composites.ts';
import { OWN_WORDS } from '../../trace/error-words.ts';
import { databaseError, inPlaceOf, isRaised, type Violated } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { attempt } from '../../trace/tries.ts';
import { literal, UNDEFINED, unknown, type Value } from '../../trace/values.ts';

/** What Sequelize throws for a constraint violated; the driver's error goes along. */
export function violation(violated: Violated): Value {
  const { code, columns } = violated;
  const original = databaseError(violated);
  if (code === '23503') return failure('ForeignKeyConstraintError', original);
  const items = columns.map((column) => ({
    value: object([
      ['path', literal(column)],
      ['type', literal('unique violation')],
      ['message', literal(`${column} must be unique`)],
    ]),
    when: null,
  }));
  return builtIn(
    ['UniqueConstraintError', 'ValidationError', 'BaseError', 'Error'],
    [
      ['name', literal('SequelizeUniqueConstraintError')],
      ['message', literal('Validation error')],
      ['errors', arrayOf(items)],
      ['fields', object(columns.map((column) => [column, unknown(column)] as const))],
      ['parent', original],
      ['original', original],
    ],
  );
}

/** `rejectOnEmpty` without a row. */
export function emptyResult(): Value {
  return builtIn(
    ['EmptyResultError', 'BaseError', 'Error'],
    [
      ['name', literal('SequelizeEmptyResultError')],
      ['message', literal('')],
    ],
  );
}

/** Runs what asks the database: an error of the driver's comes as Sequelize's, with its message. */
export function asked(machine: Machine, work: () => Value): Value {
  return attempt(machine, {
    work,
    handle: (error, at) => {
      machine.throwValue(isDrivers(error) ? wrapped(machine, error, at) : error, at);
      return UNDEFINED;
    },
  });
}

function isDrivers(error: Value): boolean {
  return isRaised(error) && error.kind === 'instance' && error.ancestry[0] === 'DatabaseError';
}

function wrapped(machine: Machine, error: Value, node: ts.Node): Value {
  const message = machine.get(error, 'message', node);
  return inPlaceOf(error, failure('DatabaseError', error, message));
}

function failure(kind: string, original: Value, message: Value = OWN_WORDS): Value {
  const above = kind === 'DatabaseError' ? [] : ['DatabaseError'];
  return builtIn(
    [kind, ...above, 'BaseError', 'Error'],
    [
      ['name', literal(`Sequelize${kind}`)],
      ['message', message],
      ['sql', unknown('sql')],
      ['parent', original],
      ['original', original],
    ],
  );
}
