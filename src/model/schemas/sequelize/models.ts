import type { Table } from '../../../db/db.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { lastName, literalIn, type Options, propertiesOf } from '../literals.ts';
import { type Attribute, attributeOf, named, type Written, writtenIn } from './columns.ts';
import { plural } from './names.ts';

/** A model as code declares it. */
export interface Model {
  readonly name: string;
  /** What code calls it beside that: the variable or class it is kept in. */
  readonly called: string;
  /** `sequelize.define(…)`, or the class that `init` is called on. */
  readonly node: ts.Node;
  readonly table: Table;
  readonly underscored: boolean;
  /** The attribute that hides a row once it is set. */
  readonly hiddenBy: string | undefined;
}

/** The models that a file's calls declare: `sequelize.define('user', …)` and `User.init(…, { sequelize })`. */
export function modelsIn(program: Program, calls: readonly ts.CallExpression[], usual: Options) {
  return calls.flatMap((call): Model[] => {
    const declared = defined(call) ?? initialised(program, call);
    return declared ? [modelOf(program, declared, usual)] : [];
  });
}

export interface Declared {
  readonly name: string;
  readonly called: string;
  readonly node: ts.Node;
  readonly attributes: ReadonlyMap<string, Written>;
  readonly options: Options;
}

function defined(call: ts.CallExpression): Declared | undefined {
  const [first, attributes, options] = call.arguments;
  const name = literalIn(first);
  if (lastName(call.expression) !== 'define' || typeof name !== 'string') return undefined;
  if (!attributes || !ts.isObjectLiteralExpression(attributes)) return undefined;
  const { parent } = call;
  const called = ts.isVariableDeclaration(parent) ? parent.name.getText() : name;
  return {
    name,
    called,
    node: call,
    attributes: attributesIn(attributes),
    options: propertiesOf(options),
  };
}

function initialised(program: Program, call: ts.CallExpression): Declared | undefined {
  const { expression } = call;
  const [attributes, options] = call.arguments;
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== 'init')
    return undefined;
  if (!attributes || !ts.isObjectLiteralExpression(attributes)) return undefined;
  if (!options || !/\bsequelize\b/.test(options.getText())) return undefined;
  const node = classAt(program, expression.expression);
  const said = propertiesOf(options);
  const called = node?.name?.text;
  const name = literalIn(said.get('modelName')) ?? called;
  if (!node || called === undefined) return undefined;
  return {
    name: String(name),
    called,
    node,
    attributes: attributesIn(attributes),
    options: said,
  };
}

/** The class that `User`, or `this` and `super` inside of it, stands for. */
function classAt(program: Program, node: ts.Expression): ts.ClassLikeDeclaration | undefined {
  if (!ts.isIdentifier(node)) return ts.findAncestor(node, ts.isClassLike);
  const meaning = program.meaning(node);
  return meaning?.kind === 'declared' && ts.isClassLike(meaning.node) ? meaning.node : undefined;
}

function attributesIn(node: ts.Expression): ReadonlyMap<string, Written> {
  return new Map([...propertiesOf(node)].map(([name, each]) => [name, writtenIn(each)]));
}

/** A model as it is declared, with what all models are beside that. */
export function modelOf(
  program: Program,
  { name, called, node, attributes, options }: Declared,
  usual: Options,
): Model {
  const said = (option: string) => literalIn(options.get(option) ?? usual.get(option));
  const underscored = said('underscored') === true;
  const plain = named(name, underscored);
  const table = String(
    said('tableName') ?? (said('freezeTableName') === true ? plain : plural(plain)),
  );
  const schema = String(said('schema') ?? 'public');
  const own = [...attributes].flatMap(
    ([property, written]) => attributeOf(property, written, { program, table, underscored }) ?? [],
  );
  const key = own.some(({ isKey }) => isKey) ? [] : [idOf(table)];
  const times = said('timestamps') === false ? [] : timesOf(options, usual);
  const paranoid = times.length > 0 && said('paranoid') === true;
  const hiddenBy = paranoid ? String(said('deletedAt') ?? 'deletedAt') : undefined;
  const added = [...times, ...(hiddenBy === undefined ? [] : [hiddenBy])]
    .filter((each) => !attributes.has(each))
    .map((each) => timeOf(each, { underscored, nullable: each === hiddenBy }));
  const all = [...key, ...own, ...added];
  return {
    name,
    called,
    node,
    underscored,
    hiddenBy,
    table: {
      id: schema === 'public' ? table : `${schema}.${table}`,
      schema,
      name: table,
      property: name,
      columns: all.map(({ column }) => column),
      primaryKey: all.flatMap(({ isKey, column }) => (isKey ? [column.name] : [])),
      uniques: all.flatMap(({ isUnique, column }) => (isUnique ? [uniqueOf(column.name)] : [])),
      foreignKeys: [],
      checks: [],
      triggers: null,
    },
  };
}

function uniqueOf(column: string): Table['uniques'][number] {
  return { name: null, columns: [column], expressions: [], where: null, nullsNotDistinct: false };
}

function timesOf(options: Options, usual: Options): string[] {
  return ['createdAt', 'updatedAt'].flatMap((name) => {
    const said = literalIn(options.get(name) ?? usual.get(name));
    return said === false ? [] : [typeof said === 'string' ? said : name];
  });
}

function timeOf(
  property: string,
  { underscored, nullable }: { readonly underscored: boolean; readonly nullable: boolean },
): Attribute {
  const column = {
    name: named(property, underscored),
    property,
    type: 'timestamp with time zone',
    nullable,
    array: false,
    maxLength: null,
    values: null,
    default: nullable ? ({ kind: 'none' } as const) : APPLICATION,
  };
  return { column, isKey: false, isUnique: false };
}

const APPLICATION = { kind: 'application', text: 'timestamps' } as const;

/** The key of a model that says none. */
function idOf(table: string): Attribute {
  const column = {
    name: 'id',
    property: 'id',
    type: 'integer',
    nullable: false,
    array: false,
    maxLength: null,
    values: null,
    default: { kind: 'expression', text: `nextval('${table}_id_seq'::regclass)` },
  } as const;
  return { column, isKey: true, isUnique: false };
}
