import type { Term } from '../../../condition/condition.ts';
import { type Bind, literalOf, type Value } from '../../trace/values.ts';
import { sqlTerm } from '../terms.ts';

const UNITS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1000,
  sec: 1000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
  year: 31_536_000_000,
};

/** An interval's length in milliseconds: written out, or a number of units put together as text. */
export function intervalTerm(value: Value): ((bind: Bind) => Term) | undefined {
  const said = literalOf(value);
  if (typeof said === 'string') {
    const length = lengthOf(said);
    return length === undefined ? undefined : () => ({ kind: 'literal', value: length });
  }
  if (value.kind !== 'sqlTerm' && value.kind !== 'term') return undefined;
  const sample = sqlTerm(value, () => undefined);
  const [, unit] = sample.kind === 'call' && sample.fn === 'concat' ? sample.args : [];
  const size = unit?.kind === 'literal' ? sizeOf(String(unit.value)) : undefined;
  if (size === undefined) return undefined;
  return (bind) => {
    const whole = sqlTerm(value, bind);
    const [amount = whole] = whole.kind === 'call' ? whole.args : [];
    return { kind: 'arith', op: '*', left: amount, right: { kind: 'literal', value: size } };
  };
}

function lengthOf(text: string): number | undefined {
  const parts = text.trim().split(/\s+/);
  let total = 0;
  for (let index = 0; index < parts.length; index += 2) {
    const amount = Number(parts[index]);
    const size = sizeOf(parts[index + 1] ?? '');
    if (!Number.isFinite(amount) || size === undefined) return undefined;
    total += amount * size;
  }
  return total;
}

function sizeOf(unit: string): number | undefined {
  return UNITS[unit.trim().toLowerCase().replace(/s$/, '')];
}
