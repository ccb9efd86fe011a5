import type { Column, ForeignKey, Table, Unique } from '../../db/db.ts';
import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { reachedFiles } from '../files.ts';
import type { Relation, Schema, SchemaReader } from '../reader.ts';
import { constantIn, decoratorsOf, type Member, membersOf, optionsIn } from './decorators.ts';
import { columnOf, type Naming } from './typeorm/columns.ts';
import { constraintName, snakeCase } from './typeorm/names.ts';
import { type Entity, joinColumn, relationOf } from './typeorm/relations.ts';

const TYPEORM = { from: 'typeorm' } as const;

/** Reads the entities TypeORM's decorators describe. */
export const typeorm = {
  name: 'typeorm',
  packages: ['typeorm'],
  read(program, root): Schema {
    const reached = reachedFiles(program, root);
    const files = reached.filter(
      (file) => program.imports(file).includes('typeorm') || program.matches(file, /@\w*Entity\b/),
    );
    const snake = reached.some((file) => program.matches(file, /SnakeNamingStrategy/));
    const naming: Naming = snake ? snakeCase : (name) => name;
    const entities = new Map(
      files.flatMap((file) =>
        classesIn(program.source(file)).flatMap((node) => {
          const entity = entityOf(program, node, naming);
          return entity ? [[node, entity] as const] : [];
        }),
      ),
    );
    const described = new Map(
      [...entities].map(([node, entity]) => [node, withRelations(program, entity, entities)]),
    );
    const byId = new Map([...described.values()].map((each) => [each.table.id, each]));
    return {
      tables: [...byId.values()].map(({ table }) => table).sort((a, b) => (a.id < b.id ? -1 : 1)),
      tableAt: (node) => described.get(node as ts.ClassLikeDeclaration)?.table,
      enumAt: () => undefined,
      relations: (table) => byId.get(table)?.relations ?? [],
      classOf: (table) => byId.get(table)?.node,
      hiddenBy: (table) => byId.get(table)?.hiddenBy,
      findings: [],
    };
  },
} satisfies SchemaReader;

function classesIn(source: ts.SourceFile | undefined): ts.ClassLikeDeclaration[] {
  return [...(source?.statements ?? [])].filter((each) => ts.isClassDeclaration(each));
}

function entityOf(
  program: Program,
  node: ts.ClassLikeDeclaration,
  naming: Naming,
): Entity | undefined {
  const decorators = decoratorsOf(program, node, TYPEORM);
  const args = decorators.get('Entity');
  if (!args) return undefined;
  const options = optionsIn(args);
  const name = String(
    constantIn(program, args[0]) ??
      constantIn(program, options.get('name')) ??
      snakeCase(node.name?.text ?? ''),
  );
  const schema = String(constantIn(program, options.get('schema')) ?? 'public');
  const members = membersOf(program, node, TYPEORM);
  const columns = members.flatMap(
    (member) => columnOf(program, { member, table: name, naming }) ?? [],
  );
  const keys = members.filter(
    ({ decorators: each }) => each.has('PrimaryColumn') || each.has('PrimaryGeneratedColumn'),
  );
  const named = (properties: readonly string[]) =>
    properties.map((each) => columns.find(({ property }) => property === each)?.name ?? each);
  const table: Table = {
    id: schema === 'public' ? name : `${schema}.${name}`,
    schema,
    name,
    property: node.name?.text ?? name,
    columns,
    primaryKey: named(keys.map((each) => each.name)),
    uniques: [
      ...members.flatMap((member) => inlineUnique(program, { member, columns, name })),
      ...wholeUniques(program, decorators).map((each) => unique(name, named(each))),
    ],
    foreignKeys: [],
    checks: [],
    triggers: null,
  };
  return { node, table, members, naming };
}

function unique(table: string, columns: string[], kind: 'UQ' | 'REL' | 'IDX' = 'UQ'): Unique {
  const name = constraintName(kind, table, columns);
  return { name, columns, expressions: [], where: null, nullsNotDistinct: false };
}

function inlineUnique(
  program: Program,
  { member, columns, name }: { member: Member; columns: readonly Column[]; name: string },
): Unique[] {
  const column = columns.find(({ property }) => property === member.name);
  const isTrue = (decorator: string) =>
    constantIn(program, optionsIn(member.decorators.get(decorator) ?? []).get('unique')) === true;
  if (!column) return [];
  return [
    ...(isTrue('Column') ? [unique(name, [column.name])] : []),
    ...(isTrue('Index') ? [unique(name, [column.name], 'IDX')] : []),
  ];
}

/** `@Unique(['a', 'b'])` and `@Unique('name', ['a', 'b'])` on the class. */
function wholeUniques(
  program: Program,
  decorators: ReadonlyMap<string, readonly ts.Expression[]>,
): string[][] {
  const index = decorators.get('Index') ?? [];
  const isUnique = constantIn(program, optionsIn(index).get('unique')) === true;
  return [decorators.get('Unique') ?? [], isUnique ? index : []].flatMap((args) => {
    const list = args.find(ts.isArrayLiteralExpression);
    return list ? [list.elements.map((each) => String(constantIn(program, each)))] : [];
  });
}

interface Finished {
  readonly node: ts.ClassLikeDeclaration;
  readonly table: Table;
  readonly relations: readonly Relation[];
  readonly hiddenBy: string | undefined;
}

/** The entity with the columns and keys its relations add. */
function withRelations(
  program: Program,
  entity: Entity,
  entities: ReadonlyMap<ts.Node, Entity>,
): Finished {
  const joins = entity.members.flatMap(
    (member) => joinColumn(program, { entity, member, entities }) ?? [],
  );
  const known = new Set(entity.table.columns.map(({ name }) => name));
  const kinds = new Map(joins.map(({ column }) => [column.name, column]));
  const added = joins.filter(({ column }) => !known.has(column.name)).map(({ column }) => column);
  const foreignKeys: ForeignKey[] = joins.map(({ key }) => key);
  const single = joins
    .filter(({ one }) => one)
    .map(({ column }) => unique(entity.table.name, [column.name], 'REL'));
  const hidden = entity.members.find(({ decorators }) => decorators.has('DeleteDateColumn'));
  return {
    node: entity.node,
    table: {
      ...entity.table,
      columns: [...entity.table.columns.map((own) => kinds.get(own.name) ?? own), ...added],
      uniques: [...entity.table.uniques, ...single].sort(byName),
      foreignKeys: foreignKeys.sort(byName),
    },
    relations: entity.members.flatMap(
      (member) => relationOf(program, { entity, member, entities }) ?? [],
    ),
    hiddenBy: hidden?.name,
  };
}

function byName(a: { name: string | null }, b: { name: string | null }): number {
  return (a.name ?? '') < (b.name ?? '') ? -1 : 1;
}
