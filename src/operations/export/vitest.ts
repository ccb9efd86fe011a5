import type { Plan, When } from '../../plan/plan.ts';
import { answerChecks } from './expectations.ts';
import type { About } from './playwright.ts';
import { type Written, writtenRequest } from './request.ts';
import { indented, joined, literal, oneLine, quoted, textFields } from './source.ts';

const rowOf = (row: string) => `s.row(${quoted(row)})`;

/** A file of tests, so that a worker starts the app once for all of them. */
export function vitestFile(tests: readonly string[]): string {
  return `import { state } from 'statewright/vitest';
import { expect, test } from 'vitest';

${tests.join('\n')}`;
}

/** A Vitest test of one ending; null where a browser is needed to see it. */
export function vitestTest(plan: Plan, { app, unproven }: About): string | null {
  if (plan.when.some(({ visit }) => visit)) return null;
  const steps = plan.when.flatMap((when, index) => stepOf(when, { plan, index }));
  const lines = [
    `await using s = await state(${quoted(plan.id)});`,
    ...steps,
    ...answerChecks(plan, { app, rowOf, reader: 's' }),
  ];
  const head = unproven === null ? 'test(' : `// ${oneLine(unproven)}\ntest.skip(`;
  return `${head}${quoted(oneLine(plan.title))}, async () => {
${indented(lines.join('\n'))}
});
`;
}

function stepOf(when: When, { plan, index }: { plan: Plan; index: number }): string[] {
  const isLast = index === plan.when.length - 1;
  const kept = isLast ? 'const answer = ' : '';
  const ask = when.as === plan.when.at(-1)?.as ? 's.fetch' : `s.as(${literal(when.as)})`;
  const written = writtenRequest(when, rowOf);
  const cookies =
    Object.keys(when.cookies ?? {}).length > 0 ? textFields(when.cookies ?? {}, rowOf) : null;
  if (written)
    return [`${kept}await ${ask}(${addressOf(written)}, ${optionsOf(when, written, cookies)});`];
  const call = plan.when.length > 1 ? `call${index + 1}` : 'call';
  const sent = cookies ? `{ ...${call}, cookies: ${cookies} }` : call;
  return [`const ${call} = await s.call(${index});`, `${kept}await ${ask}(${call}.path, ${sent});`];
}

function addressOf({ path, query }: Written): string {
  return query ? `\`\${${path}}?\${new URLSearchParams(${query})}\`` : path;
}

function optionsOf(when: When, { headers, body }: Written, cookies: string | null): string {
  const isJson = body?.as === 'json' || body?.as === 'text';
  const type =
    isJson && !/content-type/i.test(headers ?? '') ? "'content-type': 'application/json'" : '';
  const all = [type, headers ? `...${headers}` : ''].filter((part) => part !== '');
  const options = [
    `method: ${quoted(when.method)}`,
    ...(type === '' && headers ? [`headers: ${headers}`] : []),
    ...(type === '' ? [] : [`headers: { ${all.join(', ')} }`]),
    ...(cookies ? [`cookies: ${cookies}`] : []),
    ...(body ? [`body: ${BODY[body.as](body.text)}`] : []),
  ];
  return joined(options, '{}') ?? '{}';
}

type Body = NonNullable<Written['body']>;

const BODY: Readonly<Record<Body['as'], (text: string) => string>> = {
  json: (text) => `JSON.stringify(${text})`,
  text: (text) => text,
  form: (text) => `new URLSearchParams(${text})`,
  multipart: (text) => `await new Response(new URLSearchParams(${text})).formData()`,
};
