import type { Column, Table } from '../../db/db.ts';
import type { Model } from '../../model/model.ts';

/** The model of `create` that names a planned state instead of a table. */
export const PLANNED = 'PlannedState';

/** The app's tables as the models that `up` can create, and the planned states as one more. */
export function schemaOf({ apps }: Model) {
  const tables = apps.flatMap((app) => app.tables);
  const state = {
    name: PLANNED,
    tableName: 'planned_state',
    fields: [
      field('id', 'string', { isId: true, hasDefault: true }),
      field('ending', 'string', { isRequired: true }),
    ],
  };
  const models = [state, ...tables.map(modelOf)];
  return { models, edges: [], relations: [], scopeField: '' };
}

function modelOf(table: Table) {
  return {
    name: table.id,
    tableName: table.name,
    fields: table.columns.map((column) => {
      const hasDefault = column.default.kind !== 'none';
      return field(column.name, typeOf(column), {
        isId: table.primaryKey.includes(column.name),
        // What has neither is filled, unless it is a row of another table.
        isRequired: !column.nullable && !hasDefault && isReference(table, column),
        hasDefault,
      });
    }),
  };
}

function isReference({ foreignKeys }: Table, { name }: Column): boolean {
  return foreignKeys.some(({ columns }) => columns.includes(name));
}

interface Facts {
  readonly isRequired?: boolean;
  readonly isId?: boolean;
  readonly hasDefault?: boolean;
}

function field(name: string, type: string, facts: Facts) {
  return { name, type, isRequired: false, isId: false, hasDefault: false, ...facts };
}

/** The protocol's few types; what is none of them goes as text. */
function typeOf({ type, array }: Column): string {
  if (array || /^json/.test(type)) return 'json';
  if (/^bool/.test(type)) return 'boolean';
  if (/^(timestamp|date)/.test(type)) return 'timestamp';
  if (/^(smallint|integer|int\d?|bigint|serial|bigserial|smallserial)\b/.test(type))
    return 'integer';
  return /^(numeric|decimal|real|double|float)/.test(type) ? 'number' : 'string';
}
