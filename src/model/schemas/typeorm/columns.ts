import type { Column } from '../../../db/db.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { annotation, constantIn, labelsIn, type Member, optionsIn } from '../decorators.ts';

const NAMES: Readonly<Record<string, string>> = {
  String: 'character varying',
  Number: 'integer',
  Boolean: 'boolean',
  Date: 'timestamp without time zone',
  string: 'character varying',
  number: 'integer',
  boolean: 'boolean',
  varchar: 'character varying',
  char: 'character',
  int: 'integer',
  int4: 'integer',
  int2: 'smallint',
  int8: 'bigint',
  bool: 'boolean',
  float: 'double precision',
  float8: 'double precision',
  float4: 'real',
  decimal: 'numeric',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  datetime: 'timestamp without time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
  'simple-array': 'text',
  'simple-json': 'text',
  'simple-enum': 'enum',
};

const COLUMNS = [
  'Column',
  'PrimaryColumn',
  'PrimaryGeneratedColumn',
  'CreateDateColumn',
  'UpdateDateColumn',
  'DeleteDateColumn',
  'VersionColumn',
] as const;

export type Naming = (property: string) => string;

/** A member's column; undefined where it is none. */
export function columnOf(
  program: Program,
  { member, table, naming }: { member: Member; table: string; naming: Naming },
): Column | undefined {
  const kind = COLUMNS.find((each) => member.decorators.has(each));
  if (!kind) return undefined;
  const args = member.decorators.get(kind) ?? [];
  const options = optionsIn(args);
  const said = (name: string) => constantIn(program, options.get(name));
  const name = String(said('name') ?? naming(member.name));
  const labels = labelsIn(program, options.get('enum'));
  const written = typeOf(program, { kind, args, options, member });
  const isEnum = written === 'enum' || (labels !== null && kind === 'Column');
  const length = Number(said('length') ?? Number.NaN);
  const precise = Number(said('precision') ?? Number.NaN);
  const own = String(said('enumName') ?? `${table}_${name}_enum`);
  return {
    name,
    property: member.name,
    type: isEnum
      ? own
      : sized(written, { length, precision: precise, scale: Number(said('scale') ?? 0) }),
    nullable: said('nullable') === true || kind === 'DeleteDateColumn',
    array: said('array') === true,
    maxLength: Number.isNaN(length) ? null : length,
    values: isEnum ? labels : null,
    default: defaultOf(program, { kind, args, table, name, value: options.get('default') }),
  };
}

interface Described {
  readonly kind: (typeof COLUMNS)[number];
  readonly args: readonly ts.Expression[];
  readonly options: ReadonlyMap<string, ts.Expression>;
  readonly member: Member;
}

function typeOf(program: Program, { kind, args, options, member }: Described): string {
  const [first] = args;
  const given =
    options.get('type') ?? (first && !ts.isObjectLiteralExpression(first) ? first : undefined);
  const word = given && ts.isIdentifier(given) ? given.text : constantIn(program, given);
  if (kind === 'PrimaryGeneratedColumn')
    return word === 'uuid' ? 'uuid' : String(NAMES[String(word)] ?? 'integer');
  if (typeof word === 'string') return NAMES[word] ?? word;
  if (kind === 'VersionColumn') return 'integer';
  if (/DateColumn$/.test(kind)) return 'timestamp without time zone';
  return NAMES[annotation(member.node.type)] ?? 'character varying';
}

function sized(
  type: string,
  { length, precision, scale }: { length: number; precision: number; scale: number },
): string {
  if (!Number.isNaN(length) && /^char/.test(type)) return `${type}(${length})`;
  if (Number.isNaN(precision)) return type;
  if (type === 'numeric') return `numeric(${precision},${scale})`;
  const [first, ...rest] = type.split(' ');
  return /^time/.test(type) ? [`${first}(${precision})`, ...rest].join(' ') : type;
}

function defaultOf(
  program: Program,
  about: {
    kind: (typeof COLUMNS)[number];
    args: readonly ts.Expression[];
    table: string;
    name: string;
    value: ts.Expression | undefined;
  },
): Column['default'] {
  const { kind, args, table, name, value } = about;
  if (kind === 'PrimaryGeneratedColumn') {
    const [first] = args;
    if (constantIn(program, first) === 'uuid')
      return { kind: 'expression', text: 'uuid_generate_v4()' };
    return { kind: 'expression', text: `nextval('${table}_${name}_seq'::regclass)` };
  }
  if (kind === 'CreateDateColumn' || kind === 'UpdateDateColumn')
    return { kind: 'expression', text: 'now()' };
  if (!value) return { kind: 'none' };
  const said = constantIn(program, value);
  if (said !== undefined) return { kind: 'literal', value: said };
  const body = ts.isArrowFunction(value) ? value.body : value;
  return { kind: 'expression', text: ts.isStringLiteralLike(body) ? body.text : body.getText() };
}
