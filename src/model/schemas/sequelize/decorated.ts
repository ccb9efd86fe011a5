import { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import { annotation, decoratorsIn, type Member, membersOf, targetOf } from '../decorators.ts';
import { type Options, propertiesOf } from '../literals.ts';
import type { Association } from './associations.ts';
import type { Written } from './columns.ts';
import type { Declared, Model } from './models.ts';

const TYPESCRIPT = { from: 'sequelize-typescript' } as const;

/** The classes that sequelize-typescript's `@Table` makes models. */
export function decoratedIn(program: Program, files: readonly string[]): Declared[] {
  return files
    .filter((file) => program.imports(file).includes(TYPESCRIPT.from))
    .flatMap((file) => [...(program.source(file)?.statements ?? [])])
    .flatMap((node) => (ts.isClassDeclaration(node) ? (declared(program, node) ?? []) : []));
}

function declared(program: Program, node: ts.ClassDeclaration): Declared | undefined {
  const table = decoratorsIn(program, node, TYPESCRIPT).find(({ name }) => name === 'Table');
  const called = node.name?.text;
  if (!table || called === undefined) return undefined;
  const members = membersOf(program, node, TYPESCRIPT);
  const options = new Map([...propertiesOf(table.args[0]), ...members.flatMap(timesIn)]);
  const written = options.get('modelName');
  const name = written && ts.isStringLiteralLike(written) ? written.text : called;
  const attributes = members.flatMap((member): [string, Written][] => {
    const attribute = attributeIn(member);
    return attribute ? [[member.name, attribute]] : [];
  });
  return { name, called, node, attributes: new Map(attributes), options };
}

const TIMES: Readonly<Record<string, string>> = {
  CreatedAt: 'createdAt',
  UpdatedAt: 'updatedAt',
  DeletedAt: 'deletedAt',
};

/** `@CreatedAt made: Date` is `{ createdAt: 'made' }` of the model. */
function timesIn({ name, decorators }: Member): [string, ts.Expression][] {
  return Object.entries(TIMES).flatMap(([decorator, option]): [string, ts.Expression][] => {
    if (!decorators.has(decorator)) return [];
    const said: [string, ts.Expression] = [option, ts.factory.createStringLiteral(name)];
    return option === 'deletedAt' ? [said, ['paranoid', ts.factory.createTrue()]] : [said];
  });
}

/** Decorators that say the same as an option of `@Column`. */
const OPTIONS: Readonly<Record<string, string>> = {
  PrimaryKey: 'primaryKey',
  AutoIncrement: 'autoIncrement',
  AllowNull: 'allowNull',
  Unique: 'unique',
  Default: 'defaultValue',
};

function attributeIn({ node, decorators }: Member): Written | undefined {
  const args = decorators.get('Column');
  const isTime = Object.keys(TIMES).some((each) => decorators.has(each));
  if (!args)
    return isTime ? { type: ts.factory.createIdentifier('DATE'), options: new Map() } : undefined;
  const [first] = args;
  const inside = propertiesOf(first);
  const beside = Object.entries(OPTIONS).flatMap(([name, option]): [string, ts.Expression][] => {
    const said = decorators.get(name);
    return said ? [[option, said[0] ?? ts.factory.createTrue()]] : [];
  });
  const options: Options = new Map([...inside, ...beside]);
  const given = first && !ts.isObjectLiteralExpression(first) ? first : inside.get('type');
  return { type: given ?? typeBy(annotation(node.type)), options };
}

const BY_ANNOTATION: Readonly<Record<string, string>> = {
  string: 'STRING',
  number: 'INTEGER',
  bigint: 'BIGINT',
  boolean: 'BOOLEAN',
  Date: 'DATE',
  Buffer: 'BLOB',
};

function typeBy(word: string): ts.Expression | undefined {
  const type = BY_ANNOTATION[word];
  return type === undefined ? undefined : ts.factory.createIdentifier(type);
}

const KINDS: Readonly<Record<string, string>> = {
  BelongsTo: 'belongsTo',
  HasOne: 'hasOne',
  HasMany: 'hasMany',
};

/** `@HasMany(() => Boat) boats` and its kin, which go by their property. */
export function decoratedAssociations(program: Program, models: readonly Model[]): Association[] {
  const byNode = new Map(models.map((model) => [model.node, model]));
  return models.flatMap((own) => {
    if (!ts.isClassDeclaration(own.node)) return [];
    return membersOf(program, own.node, TYPESCRIPT).flatMap((member) =>
      decoratorsIn(program, member.node, TYPESCRIPT).flatMap(({ name, args }): Association[] => {
        const kind = KINDS[name];
        const target = targetOf(program, args[0]);
        const other = target && byNode.get(target);
        if (kind === undefined || !other) return [];
        const [holder, pointed] = kind === 'belongsTo' ? [own, other] : [other, own];
        const key = keyIn(program, holder, pointed);
        return [{ kind, own, other, options: optionsOf(member.name, args[1]), key }];
      }),
    );
  });
}

/** A string in place of options is the key. */
function optionsOf(property: string, given: ts.Expression | undefined): Options {
  const said = given && ts.isStringLiteralLike(given) ? [['foreignKey', given] as const] : [];
  return new Map<string, ts.Expression>([
    ['as', ts.factory.createStringLiteral(property)],
    ...said,
    ...propertiesOf(given),
  ]);
}

/** The property that `@ForeignKey(() => Pointed)` says to be the key. */
function keyIn(program: Program, holder: Model, pointed: Model): string | undefined {
  if (!ts.isClassDeclaration(holder.node)) return undefined;
  return membersOf(program, holder.node, TYPESCRIPT).find(
    ({ decorators }) => targetOf(program, decorators.get('ForeignKey')?.[0]) === pointed.node,
  )?.name;
}
