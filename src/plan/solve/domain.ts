import type { Column } from '../../db/db.ts';
import {
  isRequired,
  listOf,
  type Schema,
  schemaAt,
  schemaOf,
  textOf,
  typesOf,
} from '../../kernel/json-schema.ts';
import { faultsOf } from '../request/valid.ts';
import { fitsColumn, widthOf } from './column-fit.ts';
import { type ColumnType, typeOf } from './column-type.ts';
import { type Datum, type Fresh, isFresh, type Scalar, type Variable } from './formula.ts';
import { inputColumn } from './input-column.ts';
import { columnOf, ELEMENT, type Setting } from './setting.ts';
import { vocabularyOf } from './vocabulary.ts';
import { rowNamed, type World } from './world.ts';

/** What the variables of one class may be. */
export interface Domain {
  readonly type: ColumnType;
  /** A closed choice; null where there is none. */
  readonly values: readonly Scalar[] | null;
  /** Values the application itself writes or compares with. */
  readonly words: readonly string[];
  readonly nullable: boolean;
  /** The request leaves it out unless something needs it. */
  readonly optional: boolean;
  /**
   * Whether it may be left to the generator: `own` gets a value of its own, `guest` may only share
   * somebody else's, `never` needs a value that is chosen.
   */
  readonly fresh: 'own' | 'guest' | 'never';
  readonly schema: Schema | null;
  /** How long its texts all are; null where they may differ. */
  readonly width: number | null;
  readonly accepts: (datum: Datum) => boolean;
}

/** What one variable may be. */
export function domainOf(world: World, variable: Variable): Domain {
  if (variable.kind === 'env') return environmentDomain(world.setting, variable.name);
  if (variable.kind === 'input') return inputDomain(world.setting, variable);
  const row = rowNamed(world, variable.row);
  const column = columnOf(row?.table, variable.column);
  if (!row || !column) return ANYTHING;
  return columnDomain(column, vocabularyOf(world.setting.app, row.table.id, column.name));
}

/** What all of a class's variables may be at once. */
export function meet(domains: readonly Domain[]): Domain {
  const [first, ...rest] = domains;
  if (!first) return ANYTHING;
  return rest.reduce(
    (left, right): Domain => ({
      type: left.type === 'other' || left.type === 'text' ? right.type : left.type,
      values: bothValues(left.values, right.values),
      words: [...new Set([...left.words, ...right.words])],
      nullable: left.nullable && right.nullable,
      optional: left.optional && right.optional,
      fresh: bothFresh(left.fresh, right.fresh),
      schema: left.schema ?? right.schema,
      width: left.width ?? right.width,
      accepts: (datum) => left.accepts(datum) && right.accepts(datum),
    }),
    first,
  );
}

/** A value nobody chose for a class of such a domain. */
export function freshFor(name: string, domain: Domain | undefined): Fresh {
  const type = domain?.type;
  return type === 'integer' || type === 'uuid' ? { fresh: name, reads: type } : { fresh: name };
}

const ANYTHING: Domain = {
  type: 'other',
  values: null,
  words: [],
  nullable: true,
  optional: false,
  fresh: 'guest',
  schema: null,
  width: null,
  accepts: () => true,
};

const ENVIRONMENT: Domain = {
  ...ANYTHING,
  type: 'text',
  optional: true,
  fresh: 'never',
  accepts: (datum) => datum === null || typeof datum === 'string',
};

/** A variable is a text; where the app reads a number from it, it is one that its schema takes. */
function environmentDomain({ app }: Setting, name: string): Domain {
  const whole = app.variables ?? {};
  const schema = schemaAt(whole, [name]);
  if (!schema) return ENVIRONMENT;
  const type = schemaType(schema);
  const numeric = type === 'integer' || type === 'number';
  const optional = !isRequired(whole, [name]);
  const takes = (datum: Scalar): boolean =>
    faultsOf(schema, numeric && datum !== '' ? Number(datum) : datum).length === 0;
  return {
    ...ENVIRONMENT,
    type: numeric ? type : 'text',
    optional,
    nullable: optional,
    accepts: (datum) => (datum === null ? optional : !isFresh(datum) && takes(datum)),
  };
}

function columnDomain(column: Column, words: readonly string[]): Domain {
  const type = typeOf(column);
  return {
    type,
    values: column.values ?? (type === 'boolean' ? [true, false] : null),
    words: type === 'text' ? words : [],
    nullable: column.nullable,
    optional: false,
    fresh:
      column.values || type === 'boolean' || column.name.endsWith(ELEMENT)
        ? 'never'
        : column.nullable
          ? 'guest'
          : 'own',
    schema: null,
    width: widthOf(column),
    accepts: (datum) => {
      if (datum === null) return column.nullable;
      return isFresh(datum) ? !column.values : fitsColumn(column, datum);
    },
  };
}

function inputDomain(setting: Setting, variable: Variable & { kind: 'input' }): Domain {
  const whole = schemaOf(setting.route.input[variable.from]);
  const schema = schemaAt(whole, variable.path);
  const param = variable.from === 'params';
  if (!schema) {
    const column = inputColumn(setting, variable);
    const type = column ? typeOf(column) : 'other';
    return { ...ANYTHING, type, nullable: !param, optional: !param };
  }
  const optional = !param && !isRequired(whole, variable.path);
  const values = typesOf(schema).includes('null') ? null : choices(schema);
  return {
    type: schemaType(schema),
    values,
    words: [],
    nullable: optional || typesOf(schema).includes('null'),
    optional,
    fresh: values === null && !isShaped(schema) ? 'guest' : 'never',
    schema,
    width: null,
    accepts: (datum) => {
      if (datum === null) return optional || typesOf(schema).includes('null');
      if (isFresh(datum)) return true;
      return schemaType(schema) === 'instant' && typeof datum === 'number'
        ? true
        : faultsOf(schema, datum).length === 0;
    },
  };
}

/** Whether a schema asks for more than any value of the column's type would give. */
function isShaped(schema: Schema): boolean {
  const format = textOf(schema['format']);
  if (format === 'uuid') return false;
  const shaping = ['format', 'pattern', 'minLength', 'maxLength', 'enum', 'multipleOf', 'const'];
  if (shaping.some((keyword) => keyword in schema)) return true;
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  return (
    numberOr(minimum, 1) > 1 ||
    numberOr(exclusiveMinimum, 0) > 0 ||
    numberOr(maximum, WIDE) < WIDE ||
    numberOr(exclusiveMaximum, WIDE) < WIDE
  );
}

/** A key drawn from a sequence is positive, and as large as 32 bits at the most. */
const WIDE = 2 ** 31 - 1;

function numberOr(bound: unknown, otherwise: number): number {
  return typeof bound === 'number' ? bound : otherwise;
}

function choices(schema: Schema): readonly Scalar[] | null {
  const listed = 'const' in schema ? [schema['const']] : listOf(schema['enum']);
  const scalars = listed.filter(
    (item): item is Scalar =>
      item === null || ['string', 'number', 'boolean'].includes(typeof item),
  );
  if (scalars.length > 0) return scalars;
  return typesOf(schema).includes('boolean') ? [true, false] : null;
}

function schemaType(schema: Schema): ColumnType {
  const type = typesOf(schema).find((item) => item !== 'null');
  const format = textOf(schema['format']);
  if (type === 'string' || type === undefined) {
    if (format === 'uuid') return 'uuid';
    if (format === 'date-time') return 'instant';
    return type === 'string' ? 'text' : 'other';
  }
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  return 'json';
}

function bothFresh(left: Domain['fresh'], right: Domain['fresh']): Domain['fresh'] {
  if (left === 'never' || right === 'never') return 'never';
  return left === 'own' || right === 'own' ? 'own' : 'guest';
}

function bothValues(left: readonly Scalar[] | null, right: readonly Scalar[] | null) {
  if (!left || !right) return left ?? right;
  return left.filter((value) => right.some((other) => other === value));
}
