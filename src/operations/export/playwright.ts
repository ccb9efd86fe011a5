import type { App } from '../../model/model.ts';
import type { Plan, When } from '../../plan/plan.ts';
import { answerChecks } from './expectations.ts';
import { writtenRequest } from './request.ts';
import { indented, joined, literal, oneLine, pathOf, quoted, textFields } from './source.ts';

const rowOf = (row: string) => `state.row(${quoted(row)})`;

/** What is known of an ending beside its plan: `unproven` says why its test can't pass. */
export interface About {
  readonly app: App;
  readonly unproven: string | null;
}

/** A Playwright test of one ending: its state, its requests or page, what is expected. */
export function playwrightTest(plan: Plan, { app, unproven }: About): string {
  const body = plan.when.flatMap((when, index) => stepOf(when, { plan, app, index })).join('\n');
  const used = ['page', 'request', 'state', 'as'].filter((name) =>
    new RegExp(`(?<!\\.)\\b${name}\\b[.(]`).test(body),
  );
  const given = (used.length > 0 ? used : ['page']).join(', ');
  const head = unproven === null ? 'test(' : `// ${oneLine(unproven)}\ntest.fixme(`;
  return `import { expect, test } from 'statewright/playwright';

test.use({ state: ${quoted(plan.id)} });

${head}${quoted(oneLine(plan.title))}, async ({ ${given} }) => {
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
  const { plan, app, index } = step;
  const isLast = index === plan.when.length - 1;
  const { page, opened } = pageOf(when, step);
  const act = when.visit ? visit(when, page) : asking(when, { page, step });
  const kept = isLast && !(when.visit && isRedirect(plan)) ? 'const answer = ' : '';
  const checks = when.visit ? visitChecks(plan, page) : answerChecks(plan, ANSWER(app));
  return [
    ...opened,
    ...cookies(when, page),
    ...act.slice(0, -1),
    `${kept}await ${act.at(-1)};`,
    ...(isLast ? checks : []),
  ];
}

const ANSWER = (app: App) => ({ app, rowOf, reader: 'state' });

/** The page of whoever the last request acts as is the test's own; others get one, opened where they first act. */
function pageOf(when: When, { plan, index }: Step): { page: string; opened: string[] } {
  if (when.as === plan.when.at(-1)?.as) return { page: 'page', opened: [] };
  const first = plan.when.findIndex(({ as }) => as === when.as);
  const page = `page${first + 1}`;
  const opened = first === index ? [`const ${page} = await as(${literal(when.as)});`] : [];
  return { page, opened };
}

function cookies(when: When, page: string): string[] {
  return Object.entries(when.cookies ?? {}).flatMap(([name, value]) => {
    const cookie = textFields({ name, value }, rowOf);
    return cookie === null || value === null
      ? []
      : [`await ${page}.context().addCookies([{ ...${cookie}, url: state.url }]);`];
  });
}

function visit(when: When, page: string): string[] {
  const path = pathOf(when.path, rowOf, true);
  const query = textFields(when.query ?? {}, rowOf);
  const headers = textFields(when.headers ?? {}, rowOf);
  const address =
    query && query !== '{}' ? `\`\${${path}}?\${new URLSearchParams(${query})}\`` : path;
  return [
    ...(headers && headers !== '{}' ? [`await ${page}.setExtraHTTPHeaders(${headers});`] : []),
    `${page}.goto(${address})`,
  ];
}

/** No browser is opened where the test's own page has nothing to show and no cookie to hold. */
function asking(when: When, { page, step }: { page: string; step: Step }): string[] {
  const isPlain = step.plan.when.every(({ visit: opened, cookies: held }) => !(opened || held));
  const requests = isPlain && page === 'page' ? 'request' : `${page}.request`;
  const written = writtenRequest(when, rowOf);
  if (!written) {
    const call = step.plan.when.length > 1 ? `call${step.index + 1}` : 'call';
    return [
      `const ${call} = await state.call(${step.index});`,
      `${requests}.fetch(${call}.path, { ...${call}, maxRedirects: 0 })`,
    ];
  }
  const { path, query, headers, body } = written;
  const options = [
    `method: ${quoted(when.method)}`,
    ...(query ? [`params: ${query}`] : []),
    ...(headers ? [`headers: ${headers}`] : body && isBare(when) ? [`headers: ${JSON_TYPE}`] : []),
    ...(body
      ? [`${body.as === 'json' || body.as === 'text' ? 'data' : body.as}: ${data(when, body)}`]
      : []),
    'maxRedirects: 0',
  ];
  return [`${requests}.fetch(${path}, ${joined(options, '{}')})`];
}

const JSON_TYPE = "{ 'content-type': 'application/json' }";

/** Playwright would send a text, or what isn't an object, in a way of its own. */
function isBare({ raw, body }: When): boolean {
  return raw !== undefined || typeof body !== 'object' || body === null;
}

function data(when: When, { as, text }: { as: string; text: string }): string {
  if (as === 'text') return `Buffer.from(${text})`;
  return as === 'json' && isBare(when) ? `Buffer.from(JSON.stringify(${text}))` : text;
}

function isRedirect({ then }: Plan): boolean {
  return then.status >= 300 && then.status < 400;
}

function visitChecks(plan: Plan, page: string): string[] {
  const { status, location, text } = plan.then;
  const said = (part: string) => pathOf(part.replace(/\s+/g, ' ').trim(), rowOf, false);
  const shown = `await expect.poll(() => state.shown(${page}))`;
  const isEmpty = text.present.length === 0 && text.absent.length > 0;
  return [
    ...(isRedirect(plan) ? [] : [`expect(answer?.status()).toBe(${status});`]),
    ...(location === undefined
      ? []
      : [`await expect(${page}).toHaveURL(${pathOf(location, rowOf, false)});`]),
    ...text.present.map((part) => `${shown}.toContain(${said(part)});`),
    // What is not shown says something only once all has been loaded.
    ...(isEmpty ? [`await ${page}.waitForLoadState('networkidle');`] : []),
    ...text.absent.map((part) => `${shown}.not.toContain(${said(part)});`),
  ];
}
