import type { Finding } from '../../kernel/finding.ts';
import { type Plan, refOf } from '../plan.ts';
import { cellsOf, problem, type Rule } from './context.ts';
import { ownRow } from './rows.ts';

/** No path climbs out of the route it names, by its own segments or by a row's value in them. */
export const levelPaths: Rule = ({ plan }) =>
  plan.when.flatMap(({ path }, index) => {
    const bound = (path.split(/[?#]/)[0] ?? '').replace(/\{([^{}]+)\}/g, (_, ref: string) =>
      String(literalOf(plan, ref) ?? 'any'),
    );
    const plain = bound.replace(/%2e/gi, '.').replace(/%2f|%5c|\\/gi, '/');
    const climbs = plain.split('/').some((part) => part === '.' || part === '..');
    return climbs || hasControls(path)
      ? [problem('climbingPath', `when.${index}.path`, { path })]
      : [];
  });

/** A header or cookie is one: its name a token, its value without an end of line. */
export const singleHeaders: Rule = ({ plan }) =>
  plan.when.flatMap(({ headers = {}, cookies = {} }, index) =>
    Object.entries({ headers, cookies }).flatMap(([part, values]) =>
      Object.entries(values).flatMap(([name, value]): Finding[] => {
        const ref = refOf(value);
        const bound = ref ? literalOf(plan, `${ref.row}.${ref.column}`) : value;
        const text = typeof bound === 'object' ? JSON.stringify(bound) : String(bound ?? '');
        return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !hasControls(text)
          ? []
          : [problem('splitHeader', `when.${index}.${part}.${name}`, { name })];
      }),
    ),
  );

function literalOf(plan: Plan, ref: string) {
  const { row, column } = refOf({ ref }) ?? { row: ref, column: '' };
  const planned = ownRow(plan, row);
  const cells = planned ? cellsOf(planned) : {};
  const value = Object.hasOwn(cells, column) ? cells[column] : null;
  return typeof value === 'object' ? null : value;
}

/** What URL parsers drop and what ends a header. */
function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
