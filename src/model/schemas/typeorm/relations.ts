import type { Column, ForeignKey, Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import type { Relation } from '../../reader.ts';
import { constantIn, inverseOf, type Member, optionsIn, targetOf } from '../decorators.ts';
import type { Naming } from './columns.ts';
import { constraintName } from './names.ts';

export interface Entity {
  readonly node: ts.ClassLikeDeclaration;
  readonly table: Table;
  readonly members: readonly Member[];
  readonly naming: Naming;
}

interface About {
  readonly entity: Entity;
  readonly member: Member;
  readonly entities: ReadonlyMap<ts.Node, Entity>;
}

const KINDS = ['ManyToOne', 'OneToOne', 'OneToMany'] as const;

function described(program: Program, { member, entities }: About) {
  const kind = KINDS.find((each) => member.decorators.has(each));
  const args = kind ? (member.decorators.get(kind) ?? []) : [];
  const target = targetOf(program, args[0]);
  const other = target && entities.get(target);
  return kind && other ? { kind, args, other, options: optionsIn(args) } : undefined;
}

interface Joined {
  readonly column: Column;
  readonly key: ForeignKey;
  readonly one: boolean;
}

/** The column and key of a relation whose table holds it. */
export function joinColumn(program: Program, about: About): Joined | undefined {
  const { entity, member } = about;
  const found = described(program, about);
  const owns =
    found?.kind === 'ManyToOne' ||
    (found?.kind === 'OneToOne' && member.decorators.has('JoinColumn'));
  if (!found || !owns) return undefined;
  const { other, options } = found;
  const join = optionsIn(member.decorators.get('JoinColumn') ?? []);
  const wanted = constantIn(program, join.get('referencedColumnName'));
  const target =
    other.table.columns.find(({ property }) => property === wanted) ??
    other.table.columns.find(({ name }) => name === other.table.primaryKey[0]);
  if (!target) return undefined;
  const name = String(
    constantIn(program, join.get('name')) ??
      entity.naming(`${member.name}${upper(target.property)}`),
  );
  const existing = entity.table.columns.find((each) => each.name === name);
  const onDelete = String(
    constantIn(program, options.get('onDelete')) ?? 'no action',
  ).toLowerCase();
  return {
    one: found.kind === 'OneToOne',
    column: (existing && ofKind(existing, target)) ?? {
      ...target,
      name,
      property: name,
      nullable: constantIn(program, options.get('nullable')) !== false,
      default: { kind: 'none' },
    },
    key: {
      name: constraintName('FK', entity.table.name, [name]),
      columns: [name],
      table: other.table.id,
      references: [target.name],
      onDelete: ACTIONS.find((each) => each === onDelete) ?? 'no action',
      deferrable: false,
    },
  };
}

/** TypeORM gives a column that a relation joins by the type of the one at its other end, whatever is written. */
function ofKind(column: Column, { type, maxLength }: Column): Column {
  const kind = (each: string) => each.replace(/\(.*/, '');
  return kind(column.type) === kind(type) ? column : { ...column, type, maxLength };
}

const ACTIONS = ['no action', 'restrict', 'cascade', 'set null', 'set default'] as const;

function upper(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A relation by its property, tied by the key whichever end holds it. */
export function relationOf(program: Program, about: About): Relation | undefined {
  const { member, entity, entities } = about;
  const found = described(program, about);
  if (!found) return undefined;
  const { kind, other, args, options } = found;
  const own = joinColumn(program, about);
  const inverse = inverseOf(args[1]);
  const back = other.members.find((each) => each.name === inverse);
  const key = own ?? (back && joinColumn(program, { entity: other, member: back, entities }));
  if (!key || (!own && key.key.table !== entity.table.id)) return undefined;
  return {
    name: member.name,
    kind: kind === 'OneToMany' ? 'many' : 'one',
    table: other.table.id,
    fields: own ? key.key.columns : key.key.references,
    references: own ? key.key.references : key.key.columns,
    eager: constantIn(program, options.get('eager')) === true,
  };
}
