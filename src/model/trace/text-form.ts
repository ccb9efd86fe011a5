import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import { all, FALSE, type Formula, not, some } from './formula.ts';
import { textCompare } from './text-compare.ts';
import { compareValues } from './truth.ts';
import { literal, type Value } from './values.ts';

/** The form of a UUID, as PostgreSQL and validators take it. */
export const UUID = '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$';

/**
 * Whether a text made of parts of the request has the form a schema asks for, `bearer || apiKey` for instance: that part
 * of a header is no UUID does not make the header invalid for whoever asks next. Undefined for a part itself, and where
 * the schema asks for more than a form.
 */
export function hasForm(
  schema: JsonSchema | null,
  value: Value,
  node: ts.Node,
): Formula | undefined {
  const pattern = formOf(schema);
  if (pattern === undefined || !isMade(value)) return undefined;
  return fits(value, pattern, node);
}

function formOf(schema: JsonSchema | null): string | undefined {
  const { type, format, pattern, ...more } = schema ?? {};
  if (type !== 'string' || Object.keys(more).some((key) => !/^(title|description)$/.test(key)))
    return undefined;
  if (format === 'uuid') return UUID;
  return format === undefined && typeof pattern === 'string' ? pattern : undefined;
}

/** A text of several parts, or one of several. */
function isMade(value: Value): boolean {
  return value.kind === 'choice' || (isText(value) && value.term.kind === 'call');
}

function isText(value: Value): value is Value & { kind: 'term' } {
  return value.kind === 'term' && value.type.base === 'string';
}

/** Whether a value is a text of a form; undefined where that can't be said. */
export function fits(value: Value, pattern: string, node: ts.Node): Formula | undefined {
  if (value.kind === 'undefined') return FALSE;
  if (value.kind === 'choice') {
    const [yes, no] = [fits(value.yes, pattern, node), fits(value.no, pattern, node)];
    return yes && no && some([all([value.when, yes]), all([not(value.when), no])]);
  }
  if (!isText(value)) return undefined;
  const isThere = compareValues({ left: value, op: '!=', right: literal(null) }, node);
  return all([isThere, textCompare(value, { op: 'matches', pattern }, node)]);
}
