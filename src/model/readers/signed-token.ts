import type { ts } from '../../kernel/syntax.ts';
import { atom, type Formula } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { branch } from '../trace/path.ts';
import { placeAt } from '../trace/source.ts';
import { partsOf, toTerm } from '../trace/terms.ts';
import type { Value } from '../trace/values.ts';

interface Ways {
  readonly missing: () => void;
  readonly invalid: () => void;
  readonly signed: () => void;
  /** The library that looks at it. */
  readonly by: string;
  readonly node: ts.Node;
}

/** What comes of a token that a request may carry: there is none, it is no good, or somebody has signed it. */
export function ofToken(machine: Machine, carried: Value, ways: Ways): void {
  const { missing, invalid, signed, by, node } = ways;
  branch(machine, machine.truth(carried, node), {
    yes: () => void branch(machine, notSigned(carried, { by, node }), { yes: invalid, no: signed }),
    no: missing,
  });
}

/** The token is there, but nobody signed it, or it has run out. */
function notSigned(carried: Value, { by, node }: Pick<Ways, 'by' | 'node'>): Formula {
  const at = placeAt(node);
  const source = partsOf(toTerm(carried)).find((part) => part.kind === 'input');
  return source?.kind === 'input'
    ? atom({ kind: 'input', is: 'invalid', at, from: source.from, path: [...source.path] })
    : atom({ kind: 'external', at, name: by, holds: false });
}
