import type { App } from '../../model/model.ts';
import type { BodyValue, Plan, When } from '../../plan/plan.ts';
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

const rowOf = (row: string) => `state.row(${quoted(row)})`;

/** A Playwright test of one ending: its state, its requests or page, what is expected. */
export function playwrightTest(plan: Plan, app: App): string {
  const steps = plan.when.flatMap((when, index) => stepOf(when, { plan, app, index }));
  const body = steps.join('\n');
  const used = ['page', 'state', 'as'].filter((name) => new RegExp(`\\b${name}\\b[.(]`).test(body));
  return `import { expect, test } from 'statewright/playwright';

test.use({ state: ${quoted(plan.id)} });

test(${quoted(oneLine(plan.title))}, async ({ ${(used.length > 0 ? used : ['page']).join(', ')} }) => {
${indented(body)}
});
`;
}

interface Step {
  readonly plan: Plan;
  readonly app: App;
  readonly index: number;
}

function stepOf(when: When, step: Step): string[] {
  const { plan, index } = step;
  const isLast = index === plan.when.length - 1;
  const page = pageOf(when, step);
  const setUp = page === 'page' ? [] : [`const ${page} = await as(${literal(when.as)});`];
  const cookies = Object.entries(when.cookies ?? {}).map(([name, value]) => {
    const cookie = expressionOf({ name, value: String(value) }, rowOf);
    return `await ${page}.context().addCookies([{ ...${cookie}, url: state.url }]);`;
  });
  const act = when.visit ? visit(when, page) : fetching(when, { page, step });
  const expected = !isLast ? [] : when.visit ? visitChecks(plan, page) : answerChecks(step);
  const name = isLast ? 'const answer = ' : '';
  const needed = isLast && (!when.visit || !isRedirect(plan));
  return [...setUp, ...cookies, `${needed ? name : ''}await ${act};`, ...expected];
}

/** The page of whoever the last request acts as is the test's own. */
function pageOf(when: When, { plan, index }: Step): string {
  return when.as === plan.when.at(-1)?.as ? 'page' : `page${index + 1}`;
}

function visit(when: When, page: string): string {
  const query = Object.entries(when.query ?? {});
  const path = pathOf(when.path, rowOf, true);
  if (query.length === 0) return `${page}.goto(${path})`;
  const params = expressionOf(texts(Object.fromEntries(query)), rowOf);
  return `${page}.goto(\`\${${path}}?\${new URLSearchParams(${params})}\`)`;
}

function fetching(when: When, { page, step }: { page: string; step: Step }): string {
  const drawn = `state.requests[${step.index}]`;
  const options = [
    `method: ${quoted(when.method)}`,
    ...(when.query
      ? [`params: ${expressionOf(params(when.query), rowOf) ?? `${drawn}?.query`}`]
      : []),
    ...headersOf(when),
    ...bodyOf(when, drawn),
    'maxRedirects: 0',
  ];
  return `${page}.request.fetch(${pathOf(when.path, rowOf, true)}, ${joined(options, '{}')})`;
}

/** Numbers and flags stay what they are; what is nested goes as JSON text. */
function params(query: NonNullable<When['query']>): Record<string, BodyValue> {
  const sent = texts(query);
  const entries = Object.entries(query).map(([name, value]): [string, BodyValue] => [
    name,
    typeof value === 'object' ? (sent[name] ?? value) : value,
  ]);
  return Object.fromEntries(entries);
}

function headersOf(when: When): string[] {
  const json = when.raw !== undefined || isBare(when.body);
  const headers = { ...(json ? { 'content-type': 'application/json' } : {}), ...when.headers };
  const given = Object.fromEntries(Object.entries(headers).filter(([name]) => !isForm(when, name)));
  if (Object.keys(given).length === 0) return [];
  return [`headers: ${expressionOf(texts(given), rowOf) ?? '{}'}`];
}

/** Playwright would send a text, or what isn't an object, in a way of its own. */
function isBare(body: BodyValue | undefined): boolean {
  return body !== undefined && (typeof body !== 'object' || body === null);
}

function isForm(when: When, header: string): boolean {
  return header.toLowerCase() === 'content-type' && formOf(when) !== null;
}

function formOf(when: When): 'form' | 'multipart' | null {
  const type = Object.entries(when.headers ?? {}).find(([name]) => /^content-type$/i.test(name));
  if (/urlencoded/i.test(String(type?.[1]))) return 'form';
  return /^multipart/i.test(String(type?.[1])) ? 'multipart' : null;
}

function bodyOf(when: When, drawn: string): string[] {
  if (when.raw !== undefined) return [`data: Buffer.from(${quoted(when.raw)})`];
  if (when.body === undefined) return [];
  const text = expressionOf(when.body, rowOf) ?? `${drawn}?.body`;
  const form = formOf(when);
  if (form) return [`${form}: ${text}`];
  return [isBare(when.body) ? `data: Buffer.from(JSON.stringify(${text}))` : `data: ${text}`];
}

function isRedirect({ then }: Plan): boolean {
  return then.status >= 300 && then.status < 400;
}

function visitChecks(plan: Plan, page: string): string[] {
  const { status, location, text } = plan.then;
  const shown = (part: string) =>
    `toContainText(${pathOf(part, rowOf, false)}, { useInnerText: true, ignoreCase: true })`;
  return [
    ...(isRedirect(plan) ? [] : [`expect(answer?.status()).toBe(${status});`]),
    ...(location === undefined
      ? []
      : [`await expect(${page}).toHaveURL(${pathOf(location, rowOf, false)});`]),
    ...text.present.map((part) => `await expect(${page}.locator('body')).${shown(part)};`),
    ...text.absent.map((part) => `await expect(${page}.locator('body')).not.${shown(part)};`),
  ];
}

function answerChecks({ plan, app }: Step): string[] {
  const { status, location, text } = plan.then;
  const body = bodyChecks(plan, app, rowOf);
  const to = "new URL(answer.headers()['location'] ?? '', state.url)";
  return [
    `expect(answer.status()).toBe(${status});`,
    ...(body.length > 0 ? ['const body = await answer.json();', ...body] : []),
    ...(location === undefined
      ? []
      : [`expect(${to}).toEqual(new URL(${pathOf(location, rowOf, false)}, state.url));`]),
    ...text.present.map(
      (part) => `expect(await answer.text()).toContain(${pathOf(part, rowOf, false)});`,
    ),
  ];
}
