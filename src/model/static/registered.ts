import type { ts } from '../../kernel/syntax.ts';
import type { Provided, Registered } from '../reader.ts';
import type { Undecided } from './under.ts';
import type { Call, Frame, Origin, Value } from './value.ts';

/** Where a value was written, for whoever evaluates it later; null where nothing in the code says. */
export function registered(value: Value | undefined): Registered | null {
  return value?.origin ? fromOrigin(value.origin) : null;
}

/** The same of what a call registers, which may be met only where something holds that is not known. */
export function registeredBy({ under }: Call, value: Value | undefined): Registered | null {
  const run = registered(value);
  return run && { ...run, ...madeUnder(under) };
}

/** The conditions that something stands under, where there are any. */
export function madeUnder(under: readonly Undecided[]): Pick<Registered, 'under'> {
  return under.length > 0 ? { under: under.map(provided) } : {};
}

function provided({ condition, holds }: Undecided): Provided {
  return { condition: fromOrigin(condition), holds };
}

function fromOrigin({ expression, frame }: Origin): Registered {
  const file = expression.getSourceFile().fileName;
  return { file, expression, ...selfOf(frame), ...(frame && { bound: boundIn(frame) }) };
}

const known = new WeakMap<Frame, NonNullable<Registered['bound']>>();

/** One and the same for all that was written in a call, so that what stands there is worked out once. */
function boundIn(frame: Frame): NonNullable<Registered['bound']> {
  const before = known.get(frame);
  if (before) return before;
  const bound = (declaration: ts.Node): Registered | undefined => {
    for (let at: Frame | null = frame; at; at = at.parent) {
      const value = at.values.get(declaration);
      if (value) return registered(value) ?? undefined;
    }
    return undefined;
  };
  known.set(frame, bound);
  return bound;
}

function selfOf(frame: Frame | null): { self?: Registered } {
  const self = frame?.self?.kind === 'object' ? frame.self.made?.at : undefined;
  return self ? { self: fromOrigin(self) } : {};
}
