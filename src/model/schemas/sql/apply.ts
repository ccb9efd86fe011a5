import type {
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateStmt,
  Node,
  RenameStmt,
} from 'libpg-query';
import type { Column } from '../../../db/db.ts';
import { namesOf, textOfName } from '../../sql/parse.ts';
import { defaultOf, typeOf } from './columns.ts';
import { addConstraint, addIndex, dropColumn, dropNamed, rename } from './constraints.ts';
import { type Described, idOf, idOfPath, idOfRange, type Made, type Mutable } from './database.ts';
import type { Text } from './slices.ts';

/** Applies one DDL statement; what makes no table, type or constraint changes nothing. */
export function apply(node: Node, database: Described, text: Text): void {
  if ('CreateStmt' in node) createTable(node.CreateStmt, database, text);
  else if ('AlterTableStmt' in node) alterTable(node.AlterTableStmt, database, text);
  else if ('RenameStmt' in node) renamed(node.RenameStmt, database);
  else if ('CreateEnumStmt' in node) {
    const { typeName, vals } = node.CreateEnumStmt;
    database.enums.set(idOfPath(namesOf(typeName)), namesOf(vals));
  } else if ('IndexStmt' in node) {
    const table = database.tables.get(idOfRange(node.IndexStmt.relation));
    if (table) addIndex(node.IndexStmt, table, text);
  } else if ('CreateTrigStmt' in node) {
    const { relation, trigname } = node.CreateTrigStmt;
    const table = database.tables.get(idOfRange(relation));
    if (table && trigname && !table.triggers.includes(trigname)) table.triggers.push(trigname);
  } else types(node, database, text);
}

function types(node: Node, database: Described, text: Text): void {
  if ('CreateDomainStmt' in node) {
    const { domainname, typeName, constraints } = node.CreateDomainStmt;
    const written = (constraints ?? []).flatMap((each) =>
      'Constraint' in each ? [each.Constraint] : [],
    );
    const made = newTable('public', 'value');
    for (const each of written)
      addConstraint(each, { database, table: made, text, column: 'VALUE' });
    const { type, array, maxLength, values } = typeOf(typeName, database);
    const preset = written.find((each) => each.contype === 'CONSTR_DEFAULT')?.raw_expr;
    const name = namesOf(domainname);
    database.domains.set(idOfPath(name), {
      type,
      array,
      maxLength,
      values,
      nullable: !written.some((each) => each.contype === 'CONSTR_NOTNULL'),
      default: defaultOf(preset, { type, array }, text),
      checks: made.checks.map((check, index) => ({
        ...check,
        name: written.filter(isCheck)[index]?.conname ?? `${name.at(-1)}_check${index || ''}`,
      })),
    });
  } else if ('AlterEnumStmt' in node) alterEnum(node.AlterEnumStmt, database);
  else if ('DropStmt' in node) drop(node.DropStmt, database);
}

function isCheck(constraint: Constraint): boolean {
  return constraint.contype === 'CONSTR_CHECK';
}

function newTable(schema: string, name: string): Made {
  return {
    schema,
    name,
    columns: [],
    primaryKey: null,
    uniques: [],
    foreignKeys: [],
    checks: [],
    triggers: [],
  };
}

function createTable(stmt: CreateStmt, database: Described, text: Text): void {
  const { relation, tableElts = [], partbound } = stmt;
  const id = idOfRange(relation);
  if (database.tables.has(id) || relation?.relpersistence === 't' || partbound) return;
  const table = newTable(relation?.schemaname ?? 'public', relation?.relname ?? '');
  database.tables.set(id, table);
  const about = { database, table, text };
  for (const element of tableElts) {
    if ('ColumnDef' in element) addColumn(element.ColumnDef, about);
  }
  const columns = tableElts.flatMap((each) => ('ColumnDef' in each ? [each.ColumnDef] : []));
  for (const column of columns) addInline(column, about);
  for (const element of tableElts) {
    if ('Constraint' in element) addConstraint(element.Constraint, about);
  }
}

interface About {
  readonly database: Described;
  readonly table: Made;
  readonly text: Text;
}

function constraintsOf(column: ColumnDef): Constraint[] {
  return (column.constraints ?? []).flatMap((each) =>
    'Constraint' in each ? [each.Constraint] : [],
  );
}

function addColumn(column: ColumnDef, { database, table, text }: About): void {
  const { colname = '', typeName } = column;
  if (table.columns.some((each) => each.name === colname)) return;
  const written = constraintsOf(column);
  const has = (kind: Constraint['contype']) => written.find((each) => each.contype === kind);
  const { type, array, maxLength, values, serial, domain } = typeOf(typeName, database);
  const required =
    serial || has('CONSTR_NOTNULL') || has('CONSTR_IDENTITY') || domain?.nullable === false;
  const preset = has('CONSTR_DEFAULT')?.raw_expr;
  const made: Mutable<Column> = {
    name: colname,
    property: colname,
    type,
    array,
    maxLength,
    values,
    nullable: !required,
    default: preset
      ? defaultOf(preset, { type, array }, text)
      : (domain?.default ?? { kind: 'none' }),
  };
  const identity = has('CONSTR_IDENTITY');
  if (identity) made.default = { kind: 'identity', always: identity.generated_when === 'a' };
  if (has('CONSTR_GENERATED')) made.default = { kind: 'generated' };
  if (serial) {
    const sequence = `${idOf(table.schema, `${table.name}_${colname}_seq`)}`;
    made.default = { kind: 'expression', text: `nextval('${sequence}'::regclass)` };
  }
  table.columns.push(made);
  for (const check of domain?.checks ?? []) {
    table.checks.push({ ...check, expression: check.expression.replace(/\bVALUE\b/gi, colname) });
  }
}

function addInline(column: ColumnDef, about: About): void {
  const { colname = '' } = column;
  for (const each of constraintsOf(column)) {
    addConstraint(each, { ...about, column: colname });
    const last = about.table.foreignKeys.at(-1);
    if (each.contype === 'CONSTR_ATTR_DEFERRABLE' && last) last.deferrable = true;
  }
}

function alterTable(stmt: AlterTableStmt, database: Described, text: Text): void {
  const table = database.tables.get(idOfRange(stmt.relation));
  if (!table) return;
  const about = { database, table, text };
  for (const each of stmt.cmds ?? []) {
    if (!('AlterTableCmd' in each)) continue;
    const { subtype, name = '', def } = each.AlterTableCmd;
    const column = table.columns.find((one) => one.name === name);
    if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) {
      addColumn(def.ColumnDef, about);
      addInline(def.ColumnDef, about);
    } else if (subtype === 'AT_AddConstraint' && def && 'Constraint' in def) {
      addConstraint(def.Constraint, about);
    } else if (subtype === 'AT_DropColumn') dropColumn(table, name);
    else if (subtype === 'AT_DropConstraint') dropNamed(table, name);
    else if (column) alterColumn(column, { subtype: subtype ?? '', def }, about);
  }
}

function alterColumn(
  column: Mutable<Column>,
  { subtype, def }: { subtype: string; def: Node | undefined },
  { database, text }: About,
): void {
  if (subtype === 'AT_SetNotNull') column.nullable = false;
  if (subtype === 'AT_DropNotNull') column.nullable = true;
  if (subtype === 'AT_ColumnDefault') column.default = defaultOf(def, column, text);
  if (subtype === 'AT_DropIdentity') column.default = { kind: 'none' };
  if (subtype === 'AT_AddIdentity' && def && 'Constraint' in def) {
    column.default = { kind: 'identity', always: def.Constraint.generated_when === 'a' };
    column.nullable = false;
  }
  if (subtype !== 'AT_AlterColumnType' || !def || !('ColumnDef' in def)) return;
  const { type, array, maxLength, values } = typeOf(def.ColumnDef.typeName, database);
  Object.assign(column, { type, array, maxLength, values });
}

function renamed(stmt: RenameStmt, database: Described): void {
  const { renameType, relation, subname, newname = '', object } = stmt;
  if (renameType === 'OBJECT_TYPE' && object && 'List' in object) {
    const id = idOfPath(namesOf(object.List.items));
    const values = database.enums.get(id);
    database.enums.delete(id);
    if (values) database.enums.set(newname, values);
    for (const table of database.tables.values()) {
      for (const column of table.columns) if (column.type === id) column.type = newname;
    }
    return;
  }
  const table = database.tables.get(idOfRange(relation));
  if (!table) return;
  if (renameType === 'OBJECT_TABLE') rename(database, table, { to: newname });
  if (renameType === 'OBJECT_COLUMN') rename(database, table, { column: subname, to: newname });
  if (renameType !== 'OBJECT_TABCONSTRAINT') return;
  const named = [...table.uniques, ...table.foreignKeys, ...table.checks];
  for (const each of named) if (each.name === subname) each.name = newname;
}

function alterEnum(
  stmt: Extract<Node, { AlterEnumStmt: unknown }>['AlterEnumStmt'],
  database: Described,
): void {
  const { typeName, oldVal, newVal = '', newValNeighbor, newValIsAfter } = stmt;
  const id = idOfPath(namesOf(typeName));
  const values = database.enums.get(id) ?? [];
  if (oldVal !== undefined) values.splice(values.indexOf(oldVal), 1, newVal);
  else if (!values.includes(newVal)) {
    const at = newValNeighbor === undefined ? -1 : values.indexOf(newValNeighbor);
    values.splice(at < 0 ? values.length : at + (newValIsAfter ? 1 : 0), 0, newVal);
  }
  database.enums.set(id, values);
  for (const table of database.tables.values()) {
    for (const column of table.columns) if (column.type === id) column.values = [...values];
  }
}

function drop(stmt: Extract<Node, { DropStmt: unknown }>['DropStmt'], database: Described): void {
  for (const object of stmt.objects ?? []) {
    const path = 'List' in object ? namesOf(object.List.items) : pathOf(object);
    const id = idOfPath(path);
    if (stmt.removeType === 'OBJECT_TABLE') dropTable(database, id);
    if (stmt.removeType === 'OBJECT_TYPE') database.enums.delete(id);
    if (stmt.removeType === 'OBJECT_DOMAIN') database.domains.delete(id);
    if (stmt.removeType === 'OBJECT_INDEX') {
      for (const table of database.tables.values()) dropNamed(table, path.at(-1) ?? '');
    }
    if (stmt.removeType === 'OBJECT_TRIGGER') {
      const table = database.tables.get(idOfPath(path.slice(0, -1)));
      if (table) table.triggers = table.triggers.filter((each) => each !== path.at(-1));
    }
  }
}

function pathOf(node: Node): string[] {
  return 'TypeName' in node ? namesOf(node.TypeName.names) : [textOfName(node)];
}

function dropTable(database: Described, id: string): void {
  database.tables.delete(id);
  for (const table of database.tables.values()) {
    table.foreignKeys = table.foreignKeys.filter((key) => key.table !== id);
  }
}
