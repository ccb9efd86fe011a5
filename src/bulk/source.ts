import type { SqlType } from '../db/db.ts';
import type { Draw } from '../kernel/draw.ts';
import type { PlannedColumn, RowPlan, Source } from './bulk.ts';
import { distinctWriter } from './distinct.ts';
import { literalOf } from './literal.ts';
import { bitsAt } from './random.ts';
import { ruledWriter } from './ruled.ts';
import { putInteger, type Write } from './sink.ts';
import { spanWriter } from './spans.ts';
import type { Forest } from './tree.ts';
import { laterWriter, typedWriter } from './typed.ts';
import { constantly, textsOf, variantsOf } from './variants.ts';
import type { Vocabulary } from './vocabulary.ts';

/** How far apart the forms of a row are drawn. */
export const APART = 2 ** 34;

export interface Drawing {
  readonly plan: RowPlan;
  readonly types: ReadonlyMap<number, SqlType>;
  readonly words: Vocabulary;
  readonly forest: Forest;
}

/** Writes a column's own values, whatever foreign keys it takes part in. */
export function writerOf(planned: PlannedColumn, drawing: Drawing): Write {
  const { source } = planned;
  const { attempts } = drawing.plan;
  switch (source.kind) {
    case 'omitted':
      return () => false;
    case 'constant':
      return constantly(source.text);
    case 'counter':
      return (sink, index) => {
        putInteger(sink, source.start + source.step * index);
        return true;
      };
    case 'listed':
      // Where the row stands among the junction's combinations is its links' matter.
      return () => false;
    case 'depth':
      return (sink, index) => {
        putInteger(sink, drawing.forest.depth(index));
        return true;
      };
    case 'span':
      return spanWriter(source);
    case 'pool':
      return pooled(source, attempts);
    case 'drawn':
      return drawn(planned, source, drawing);
  }
}

function pooled(
  { pool, position, key }: Extract<Source, { kind: 'pool' }>,
  attempts: RowPlan['attempts'],
): Write {
  const { length } = pool.tuples;
  const texts = textsOf(length, (at) => pool.tuples[at]?.[position] ?? null);
  return (sink, index) => {
    const form = attempts.size === 0 ? index : index + (attempts.get(index) ?? 0) * APART;
    const at = pool.keyed ? index : Math.floor((bitsAt(key, form) / 2 ** 32) * length);
    return texts(sink, at);
  };
}

function drawn(
  planned: PlannedColumn,
  source: Extract<Source, { kind: 'drawn' }>,
  drawing: Drawing,
): Write {
  const { key, usual } = source;
  const { attempts } = drawing.plan;
  const value = valueWriter(planned, source, drawing);
  const nulls = Math.round(source.nulls * 2 ** 32);
  const kept = usual && constantly(usual.text);
  const distinct = source.distinct !== null;
  return (sink, index) => {
    const at = attempts.size === 0 ? index : index + (attempts.get(index) ?? 0) * APART;
    if (kept && usual?.of === 'unrefused' && at === index) return kept(sink, at);
    if (nulls > 0 && bitsAt(key, at, 1000) < nulls) return false;
    if (kept && bitsAt(key, at, 1001) % 2 === 0) return kept(sink, at);
    return value(sink, distinct ? index : at);
  };
}

function valueWriter(
  { column }: PlannedColumn,
  { key, value, distinct }: Extract<Source, { kind: 'drawn' }>,
  { types, words, plan }: Drawing,
): Write {
  const make = (): ((draw: Draw) => string | null) => {
    if (value.kind !== 'words') return (draw) => literalOf(column, types, draw);
    const { max } = value;
    const word = words({ ...value, table: plan.job.table.name, column: column.name });
    return (draw) => (max === null ? word(draw) : word(draw).slice(0, max));
  };
  if (distinct) return distinctWriter(distinct, key, make());
  switch (value.kind) {
    case 'words':
      return variantsOf(key, make());
    case 'typed':
      return (
        (value.after && laterWriter(column, types, { key, after: value.after })) ??
        typedWriter(column, types, key)
      );
    default:
      return ruledWriter(value, key, plan.job.offset);
  }
}
