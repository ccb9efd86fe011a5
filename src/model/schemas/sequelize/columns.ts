import type { Column } from '../../../db/db.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { constantIn, labelsIn } from '../decorators.ts';
import { lastName, literalIn, type Options, propertiesOf } from '../literals.ts';
import { TYPES } from './types.ts';

export interface Attribute {
  readonly column: Column;
  readonly isKey: boolean;
  readonly isUnique: boolean;
}

/** What is said of an attribute. */
export interface Written {
  readonly type: ts.Expression | undefined;
  readonly options: Options;
}

/** `DataTypes.STRING`, or `{ type: DataTypes.STRING, allowNull: false }`. */
export function writtenIn(node: ts.Expression): Written {
  const options = propertiesOf(node);
  return { type: options.get('type') ?? node, options };
}

interface About {
  readonly program: Program;
  readonly table: string;
  readonly underscored: boolean;
}

/** An attribute's column; undefined for what the database knows nothing of. */
export function attributeOf(
  property: string,
  { type, options }: Written,
  { program, table, underscored }: About,
): Attribute | undefined {
  const kind = lastName(type);
  if (kind === 'VIRTUAL') return undefined;
  const said = (name: string) => literalIn(options.get(name));
  const name = String(said('field') ?? named(property, underscored));
  const isKey = said('primaryKey') === true;
  const values = kind === 'ENUM' && type ? labelsOf(program, type, options) : null;
  const isArray = kind === 'ARRAY';
  const of = isArray && type && ts.isCallExpression(type) ? type.arguments[0] : type;
  const sql = values ? `enum_${table}_${name}` : sqlType(of);
  return {
    isKey,
    isUnique: options.has('unique') && said('unique') !== false,
    column: {
      name,
      property,
      type: sql,
      nullable: !isKey && said('allowNull') !== false,
      array: isArray,
      maxLength: lengthIn(sql),
      values,
      default: defaultOf(options, `${table}_${name}_seq`),
    },
  };
}

/** What Sequelize calls a column by what code calls it. */
export function named(property: string, underscored: boolean): string {
  return underscored ? property.replace(/(?<=[a-z\d])[A-Z]/g, '_$&').toLowerCase() : property;
}

function sqlType(node: ts.Expression | undefined): string {
  const plain = TYPES[lastName(node) ?? ''] ?? 'text';
  const [size] = node && ts.isCallExpression(node) ? node.arguments : [];
  const length = Number(literalIn(size) ?? Number.NaN);
  return Number.isNaN(length) ? plain : plain.replace(/\(\d+\)$/, `(${length})`);
}

function lengthIn(type: string): number | null {
  const [, length] = /^char.*\((\d+)\)$/.exec(type) ?? [];
  return length === undefined ? null : Number(length);
}

function labelsOf(program: Program, type: ts.Expression, options: Options): string[] | null {
  const written = options.get('values');
  const listed = written ? [written] : ts.isCallExpression(type) ? [...type.arguments] : [];
  const [only] = listed;
  if (only && listed.length === 1 && !ts.isStringLiteralLike(only))
    return labelsIn(program, ts.isSpreadElement(only) ? only.expression : only);
  const labels = listed.map((each) => constantIn(program, each));
  const known = labels.filter((label) => typeof label === 'string');
  return known.length > 0 && known.length === labels.length ? known : null;
}

/** What Sequelize fills in itself comes from the application. */
function defaultOf(options: Options, sequence: string): Column['default'] {
  if (literalIn(options.get('autoIncrement')) === true)
    return { kind: 'expression', text: `nextval('${sequence}'::regclass)` };
  const value = options.get('defaultValue');
  if (!value) return { kind: 'none' };
  const said = literalIn(value);
  if (said !== undefined) return { kind: 'literal', value: said };
  return { kind: 'application', text: value.getText().slice(0, 80) };
}
