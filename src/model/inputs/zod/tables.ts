import type { JsonSchema } from '../../reader.ts';
import { type ColumnNative, isDrizzle } from '../../schemas/drizzle/natives.ts';
import type { Call, Machine, Value } from '../../static/value.ts';
import { native, nativeOf } from '../../static/value.ts';
import { arrayOf } from './methods.ts';
import { isZod, nullable, schema, type ZodSchema } from './schema.ts';

/** `createInsertSchema(table, refinements)` of drizzle-zod and its kin; undefined for another name. */
export function tableSchema(
  machine: Machine,
  name: string,
  { args }: Pick<Call, 'args'>,
): Value | undefined {
  const purpose = /^create(Insert|Select|Update)Schema$/.exec(name)?.[1];
  const table = nativeOf(args[0]);
  if (!purpose || !isDrizzle(table) || table.type !== 'drizzle.table') return undefined;
  const columns = [...table.columns].filter(([, one]) => purpose === 'Select' || isWritable(one));
  const shape = columns.map(([key, one]): [string, ZodSchema] => {
    const plain = optionalFor(
      purpose,
      one,
      one.notNull ? columnSchema(one) : nullable(columnSchema(one)),
    );
    return [key, refined(machine, plain, { by: entry(args[1], key), column: one, purpose })];
  });
  return native(schema({}, { shape: new Map(shape) }));
}

function refined(
  machine: Machine,
  plain: ZodSchema,
  { by, column, purpose }: { by: Value | undefined; column: ColumnNative; purpose: string },
): ZodSchema {
  if (by?.kind !== 'function') {
    const given = nativeOf(by);
    return isZod(given) ? given : plain;
  }
  const made = nativeOf(machine.invoke(by, [native(columnSchema(column))]));
  if (!isZod(made)) return plain;
  return optionalFor(purpose, column, column.notNull ? made : nullable(made));
}

function optionalFor(purpose: string, column: ColumnNative, of: ZodSchema): ZodSchema {
  if (purpose === 'Select') return of;
  const optional = purpose === 'Update' || !column.notNull || column.default !== null;
  return optional ? { ...of, optional } : of;
}

function isWritable({ default: given }: ColumnNative): boolean {
  return given?.kind !== 'generated' && !(given?.kind === 'identity' && given.always);
}

function columnSchema(of: ColumnNative): ZodSchema {
  const item = schema(columnJson(of));
  return of.array ? arrayOf(item) : item;
}

function columnJson({ sqlType, values, maxLength }: ColumnNative): JsonSchema {
  if (values) return { type: 'string', enum: values };
  const type = sqlType.replace(/\(.*?\)/, '');
  if (/^(integer|smallint|bigint)$/.test(type)) return { type: 'integer' };
  if (/^(real|double precision)$/.test(type)) return { type: 'number' };
  if (type === 'boolean') return { type: 'boolean' };
  if (type === 'uuid') return { type: 'string', format: 'uuid' };
  if (type.startsWith('timestamp'))
    return { type: 'string', format: 'date-time', 'x-type': 'date' };
  if (/^jsonb?$/.test(type)) return {};
  return { type: 'string', ...(maxLength === null ? {} : { maxLength }) };
}

function entry(value: Value | undefined, key: string): Value | undefined {
  return value?.kind === 'object' ? value.entries.get(key) : undefined;
}
