import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { bringAbout, mayThrow } from './errors.ts';
import { atom } from './formula.ts';
import type { Machine } from './machine.ts';
import { branchValue } from './path.ts';
import { placeAt } from './source.ts';
import type { Value } from './values.ts';

/** `JSON.parse(text)`: what a request's text holds; one that is no JSON throws. */
export function parseJson(machine: Machine, value: Value, node: ts.Node): Value {
  // `JSON.parse(text || '{}')`
  if (value.kind === 'choice' && value.no.kind === 'term' && value.no.term.kind === 'literal')
    return branchValue(machine, value.when, {
      yes: () => parseJson(machine, value.yes, node),
      no: () => value.no,
    });
  if (value.kind === 'term' && value.term.kind === 'input') {
    const { from, path } = value.term;
    const when = atom({ kind: 'input', is: 'invalid', at: placeAt(node), from, path: [...path] });
    const error = builtIn(['SyntaxError', 'Error'], []);
    bringAbout(error);
    mayThrow(machine, { when, value: error }, node);
  }
  return value;
}
