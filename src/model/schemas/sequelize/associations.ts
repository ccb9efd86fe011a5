import { type Column, ForeignKey, type Table } from '../../../db/db.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Relation } from '../../reader.ts';
import { lastName, literalIn, type Options, propertiesOf } from '../literals.ts';
import { named } from './columns.ts';
import type { Model } from './models.ts';
import { joined, plural } from './names.ts';

/** What associations add to a model. */
export interface Added {
  readonly relations: Relation[];
  readonly columns: Column[];
  readonly foreignKeys: ForeignKey[];
}

/** An association, as calls or decorators say it. */
export interface Association {
  readonly kind: string;
  readonly own: Model;
  readonly other: Model;
  readonly options: Options;
  /** The attribute that is the key, where something else than `foreignKey` says it. */
  readonly key?: string | undefined;
}

/** Reads `User.hasMany(Boat, { as, foreignKey })` and its kin; those through a third table are left out. */
export function associationsIn(
  calls: readonly ts.CallExpression[],
  models: readonly Model[],
): Association[] {
  return calls.flatMap(({ expression, arguments: [target, options] }): Association[] => {
    if (!ts.isPropertyAccessExpression(expression)) return [];
    const kind = expression.name.text;
    if (!/^(belongsTo|hasMany|hasOne)$/.test(kind)) return [];
    const own = modelAt(models, expression.expression);
    const other = modelAt(models, target);
    return own && other ? [{ kind, own, other, options: propertiesOf(options) }] : [];
  });
}

/** What associations come to for each model. */
export function addedBy(
  associations: readonly Association[],
  models: readonly Model[],
): ReadonlyMap<Model, Added> {
  const added = new Map(
    models.map((model) => [model, { relations: [], columns: [], foreignKeys: [] } as Added]),
  );
  for (const each of associations) associate(added, each);
  return added;
}

function modelAt(models: readonly Model[], node: ts.Expression | undefined): Model | undefined {
  const self = node?.kind === ts.SyntaxKind.ThisKeyword && ts.findAncestor(node, ts.isClassLike);
  const name = self ? self.name?.text : lastName(node);
  const lower = name?.toLowerCase();
  return (
    models.find((each) => each.name === name || each.called === name) ??
    models.find((each) => each.name.toLowerCase() === lower)
  );
}

function associate(
  added: ReadonlyMap<Model, Added>,
  { kind, own, other, options: said, key: told }: Association,
): void {
  const alias = said.get('as');
  const many = kind === 'hasMany';
  const called = many ? plural(other.name) : other.name;
  const name = String(literalIn(alias) ?? literalIn(propertiesOf(alias).get('plural')) ?? called);
  const [holder, pointed] = kind === 'belongsTo' ? [own, other] : [other, own];
  const [key = 'id'] = pointed.table.primaryKey;
  const prefix = kind === 'belongsTo' ? name : own.name;
  const written = said.get('foreignKey');
  const inside = propertiesOf(written);
  const property = String(
    literalIn(written) ?? literalIn(inside.get('name')) ?? told ?? joined(prefix, key),
  );
  const column = keyColumn(holder, { property, pointed, key });
  const nullable = literalIn(inside.get('allowNull')) !== false;
  const of = added.get(holder);
  const known = [...holder.table.columns, ...(of?.columns ?? [])];
  if (!known.some((each) => each.name === column.name)) of?.columns.push({ ...column, nullable });
  if (literalIn(said.get('constraints')) !== false) {
    const tie = foreignKey(column.name, pointed.table, key);
    const onDelete = actionIn(said.get('onDelete'));
    const usual = usualAction(kind, nullable && column.nullable);
    // The last of a column counts: one that says what becomes of its rows, else the first.
    if (onDelete) of?.foreignKeys.push({ ...tie, onDelete });
    else of?.foreignKeys.unshift({ ...tie, onDelete: usual });
  }
  const fields = kind === 'belongsTo' ? [column.name] : [key];
  const references = kind === 'belongsTo' ? [key] : [column.name];
  const relation = { name, kind: many ? 'many' : 'one', table: other.table.id } as const;
  added.get(own)?.relations.push({ ...relation, fields, references });
}

function keyColumn(
  holder: Model,
  {
    property,
    pointed,
    key,
  }: { readonly property: string; readonly pointed: Model; readonly key: string },
): Column {
  const before = holder.table.columns.find((each) => each.property === property);
  if (before) return before;
  const of = pointed.table.columns.find((each) => each.name === key);
  return {
    name: named(property, holder.underscored),
    property,
    type: of?.type ?? 'integer',
    nullable: true,
    array: false,
    maxLength: of?.maxLength ?? null,
    values: null,
    default: { kind: 'none' },
  };
}

function foreignKey(column: string, { id }: Table, key: string) {
  const columns = { columns: [column], table: id, references: [key] };
  return { name: null, ...columns, deferrable: false };
}

/** What an association says becomes of a row once the one it points at is deleted. */
function actionIn(node: ts.Expression | undefined): ForeignKey['onDelete'] | undefined {
  return ForeignKey.shape.onDelete.safeParse(String(literalIn(node)).toLowerCase()).data;
}

function usualAction(kind: string, nullable: boolean): ForeignKey['onDelete'] {
  if (nullable) return 'set null';
  return kind === 'belongsTo' ? 'no action' : 'cascade';
}
