import type { Condition } from '../../src/condition/condition.ts';
import { analyze } from '../../src/model/analyze.ts';
import { programOf } from './code.ts';
import { isRefused } from './refused.ts';

/**
 * The endings of each route of an app given as texts, as `id › kind status location code [text]: conditions`,
 * without what the database refuses whatever the app does.
 */
export function toldEndings(texts: Readonly<Record<string, string>>): string[] {
  const [app] = analyze(programOf(texts), { emit: () => undefined }).apps;
  return [...(app?.routes ?? []), ...(app?.pages ?? [])].flatMap(({ id, outcomes }) =>
    outcomes
      .filter((each) => !isRefused(each))
      .map(({ kind, status, location, code, text, when }) => {
        const to = location?.kind === 'literal' ? ` ${location.value}` : '';
        const said = code === null ? '' : ` ${code}`;
        const shown = text.length > 0 ? ` [${text.join(', ')}]` : '';
        return `${id} › ${kind} ${status}${to}${said}${shown}: ${when.map(words).join(', ')}`;
      }),
  );
}

function words(condition: Condition): string {
  if (condition.kind === 'any')
    return `(${condition.of.map((way) => way.map(words)).join(' or ')})`;
  if (condition.kind === 'input' && condition.is !== 'compare')
    return `${condition.is} ${[condition.from, ...condition.path].join('.')}`;
  if (condition.kind === 'exists' || condition.kind === 'absent')
    return `${condition.kind} ${condition.query}`;
  return condition.kind === 'actor' ? condition.is : condition.kind;
}
