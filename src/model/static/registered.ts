import type { Registered } from '../reader.ts';
import type { Frame, Origin, Value } from './value.ts';

/** Where a value was written, for whoever evaluates it later; null where nothing in the code says. */
export function registered(value: Value | undefined): Registered | null {
  return value?.origin ? fromOrigin(value.origin) : null;
}

function fromOrigin({ expression, frame }: Origin): Registered {
  return {
    file: expression.getSourceFile().fileName,
    expression,
    ...selfOf(frame),
    bound: (declaration) => {
      for (let at = frame; at; at = at.parent) {
        const value = at.values.get(declaration);
        if (value) return registered(value) ?? undefined;
      }
      return undefined;
    },
  };
}

function selfOf(frame: Frame | null): { self?: Registered } {
  const self = frame?.self?.kind === 'object' ? frame.self.made?.at : undefined;
  return self ? { self: fromOrigin(self) } : {};
}
