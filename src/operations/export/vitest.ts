import type { App } from '../../model/model.ts';
import type { Plan, When } from '../../plan/plan.ts';
import { bodyChecks } from './expectations.ts';
import {
  expressionOf,
  indented,
  joined,
  literal,
  oneLine,
  pathOf,
  quoted,
  texts,
} from './source.ts';

const rowOf = (row: string) => `s.row(${quoted(row)})`;

/** A Vitest test of one ending; null where a browser is needed to see it. */
export function vitestTest(plan: Plan, app: App): string | null {
  if (plan.when.some(({ visit }) => visit)) return null;
  const calls = plan.when.map((when, index) => call(when, { plan, index }));
  const { status, location, text } = plan.then;
  const body = bodyChecks(plan, app, rowOf);
  const to = "new URL(answer.headers.get('location') ?? '', s.url)";
  const lines = [
    `await using s = await state(${quoted(plan.id)});`,
    ...calls.map((one, at) =>
      at === calls.length - 1 ? `const answer = await ${one};` : `await ${one};`,
    ),
    `expect(answer.status).toBe(${status});`,
    ...(text.present.length > 0 ? ['const text = await answer.clone().text();'] : []),
    ...text.present.map((part) => `expect(text).toContain(${pathOf(part, rowOf, false)});`),
    ...(body.length > 0 ? ['const body = await answer.json();', ...body] : []),
    ...(location === undefined
      ? []
      : [`expect(${to}).toEqual(new URL(${pathOf(location, rowOf, false)}, s.url));`]),
  ];
  return `import { state } from 'statewright/vitest';
import { expect, test } from 'vitest';

test(${quoted(oneLine(plan.title))}, async () => {
${indented(lines.join('\n'))}
});
`;
}

function call(when: When, { plan, index }: { plan: Plan; index: number }): string {
  const ask = when.as === plan.when.at(-1)?.as ? 's.fetch' : `s.as(${literal(when.as)})`;
  const query = when.query && expressionOf(texts(when.query), rowOf);
  const path = pathOf(when.path, rowOf, true);
  const address = query ? `\`\${${path}}?\${new URLSearchParams(${query})}\`` : path;
  const options = [`method: ${quoted(when.method)}`, ...headers(when), ...payload(when, index)];
  return `${ask}(${address}, ${joined(options, '{}')})`;
}

function headers(when: When): string[] {
  const cookies = Object.entries(when.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
  const json = when.raw !== undefined || when.body !== undefined;
  const all = {
    ...(json ? { 'content-type': 'application/json' } : {}),
    ...(cookies.length > 0 ? { cookie: cookies.join('; ') } : {}),
    ...lowered(when.headers ?? {}),
  };
  // A multipart body brings the boundary it is encoded with.
  const given = Object.entries(all).filter(([, value]) => !/^multipart\//i.test(String(value)));
  const text = expressionOf(texts(Object.fromEntries(given)), rowOf);
  return given.length === 0 ? [] : [`headers: ${text ?? '{}'}`];
}

function payload(when: When, index: number): string[] {
  if (when.raw !== undefined) return [`body: ${quoted(when.raw)}`];
  if (when.body === undefined) return [];
  const text = expressionOf(when.body, rowOf) ?? `s.requests[${index}]?.body`;
  const type = String(lowered(when.headers ?? {})['content-type'] ?? '');
  if (/urlencoded/i.test(type)) return [`body: new URLSearchParams(${text})`];
  if (/^multipart\//i.test(type)) {
    return [`body: await new Response(new URLSearchParams(${text})).formData()`];
  }
  return [`body: JSON.stringify(${text})`];
}

function lowered<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, v]) => [name.toLowerCase(), v]));
}
