import * as z from 'zod';
import type { Column } from '../db.ts';

type Literal = z.infer<ReturnType<typeof z.json>>;

/** A row of `columnsSql`. */
export interface ColumnRow {
  readonly name: string;
  readonly quoted: string;
  readonly type: string;
  readonly array: boolean;
  readonly nullable: boolean;
  readonly identity: string;
  readonly generated: string;
  readonly default_text: string | null;
  readonly domain_checks: readonly { readonly name: string; readonly expression: string }[];
  readonly labels: string[] | null;
}

/** A column as the noun has it; the database doesn't know what code calls it, so by its own name. */
export function columnFrom(row: ColumnRow): Column {
  const length = /^character(?: varying)?\((\d+)\)$/.exec(row.type)?.[1];
  return {
    name: row.name,
    property: row.name,
    type: row.type,
    nullable: row.nullable,
    array: row.array,
    maxLength: length === undefined ? null : Number(length),
    values: row.labels,
    default: defaultFrom(row),
  };
}

function defaultFrom(row: ColumnRow): Column['default'] {
  if (row.identity) return { kind: 'identity', always: row.identity === 'a' };
  if (row.generated) return { kind: 'generated' };
  if (row.default_text === null) return { kind: 'none' };
  const value = literal(row.default_text, row);
  return value === undefined
    ? { kind: 'expression', text: row.default_text }
    : { kind: 'literal', value };
}

/** The value of a constant as PostgreSQL prints it (`'open'::slot_status`, `1`, `true`), else undefined. */
function literal(text: string, row: ColumnRow): Literal | undefined {
  if (/^NULL(::.+)?$/.test(text)) return null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\(?-?\d+(\.\d+)?\)?$/.test(text)) return numeric(text.replace(/[()]/g, ''));
  const quoted = /^'((?:[^']|'')*)'::[^'()]+(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])?$/.exec(text)?.[1];
  if (quoted === undefined || row.array) return undefined;
  const value = quoted.replaceAll("''", "'");
  if (/^(integer|bigint|smallint|numeric|real|double)/.test(row.type)) return numeric(value);
  return /^jsonb?$/.test(row.type) ? parsed(value) : timeOrText(value, row.type);
}

/** `'now'::timestamp` is no constant to us: it was when the table was made, but reads as one. */
function timeOrText(value: string, type: string): Literal | undefined {
  return /^(now|today|tomorrow|yesterday)$/i.test(value) && /^(time|date)/.test(type)
    ? undefined
    : value;
}

function numeric(text: string): Literal {
  const value = Number(text);
  return Number.isSafeInteger(value) || (Number.isFinite(value) && text.length < 16) ? value : text;
}

function parsed(text: string): Literal | undefined {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
