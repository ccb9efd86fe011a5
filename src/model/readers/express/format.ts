import type { ts } from '../../../kernel/syntax.ts';
import { passError } from '../../trace/errors.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { literal, type Value } from '../../trace/values.ts';
import { errorOf } from '../http-errors.ts';
import { requestOf } from './request.ts';

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  html: 'text/html',
  text: 'text/plain',
  txt: 'text/plain',
  xml: 'application/xml',
  csv: 'text/csv',
};

/** Nothing gives this. */
const NONE = 'application/x-none';

/**
 * `res.format({ json() {}, html() {}, default() {} })`: what answers in the form that the header `accept` asks for, the first
 * of them where anything will do; without one the default, or an error of status 406.
 */
export function format(
  machine: Machine,
  { forms, response }: { forms: Value; response: Value },
  node: ts.Node,
): void {
  const args = [requestOf(machine), response];
  const given = forms.kind === 'object' ? [...forms.fields.value] : [];
  const otherwise = given.find(([name]) => name === 'default')?.[1];
  const [first, ...others] = given.filter(([name]) => name !== 'default');
  const call = (value: Value) => void machine.call(value, args, node);
  const none = () =>
    otherwise
      ? call(otherwise)
      : passError(machine, errorOf(literal(406), literal('Not Acceptable')), node);
  const asked = (type: string, yes: () => void, no: () => void) =>
    branch(machine, accepts(type, node), { yes, no });
  const rest = (left: typeof others): void => {
    const [form, ...more] = left;
    if (form)
      asked(
        TYPES[form[0]] ?? form[0],
        () => call(form[1]),
        () => rest(more),
      );
    else if (first) asked(NONE, none, () => call(first[1]));
    else none();
  };
  rest(others);
}

function accepts(type: string, node: ts.Node) {
  return atom({
    kind: 'input',
    is: 'compare',
    at: placeAt(node),
    left: { kind: 'input', from: 'headers', path: ['accept'] },
    op: '=',
    right: { kind: 'literal', value: type },
  });
}
