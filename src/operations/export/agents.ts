import { dirname } from 'node:path/posix';
import type { App } from '../../model/model.ts';
import { isMade, type Plan, refOf, type Value, type When } from '../../plan/plan.ts';
import { oneLine, quoted } from './source.ts';

/** The test that Playwright's agents start from: exactly one, its page opened on the plan's state. */
export function seedTest(plan: Plan, page: string): string {
  return `import { test } from 'statewright/playwright';

test.describe(${quoted(plan.id)}, () => {
  test.use({ state: ${quoted(plan.id)} });

  test('seed', async ({ page }) => {
    await page.goto(${quoted(page)});
  });
});
`;
}

/** Where a person brings an ending about: its own page, or one whose components call its route; else null. */
export function startPage(plan: Plan, app: App): string | null {
  const last = plan.when.at(-1);
  const id = plan.variantOf ?? plan.id;
  const isOwn = (one: { id: string }) => id.startsWith(`${one.id} › `);
  // A page shows itself; an action of Next.js is called by the page whose path it is sent to.
  const isSentToPage = last?.action !== undefined && last.action.by === undefined;
  if (last?.visit || isSentToPage || app.pages.some(isOwn)) {
    return last && isOpenable(last.path) ? last.path : null;
  }
  const route = app.routes.find(isOwn);
  const page = app.pages.find(
    ({ calls, path }) => route && calls.includes(route.id) && isOpenable(path),
  );
  return page?.path ?? null;
}

function isOpenable(path: string): boolean {
  return !/[:*{]/.test(path);
}

export interface SpecFiles {
  readonly seed: string;
  readonly spec: string;
  readonly test: string;
}

/** A test plan in the layout that Playwright's planner saves and its generator reads. */
export function specOf(plan: Plan, page: string, files: SpecFiles): string {
  const title = oneLine(plan.title);
  const steps = [
    { perform: `Open ${page}${actor(plan)}`, expect: [] as string[] },
    ...plan.when
      .filter(({ visit }) => !visit)
      .map((when) => ({ perform: perform(when, plan), expect: [] })),
  ];
  steps.at(-1)?.expect.push(...expectations(plan));
  const lines = steps.flatMap((step, at) => [
    `  ${at + 1}. ${step.perform}`,
    ...step.expect.map((text) => `    - expect: ${text}`),
  ]);
  return `# ${oneLine(plan.id)}

## Application Overview

${overview(plan)}

## Test Scenarios

### 1. ${oneLine(plan.id)}

**Seed:** \`${files.seed}\`

#### 1.1. ${title}

**File:** \`${files.test}\`

**Steps:**
${lines.join('\n')}
`;
}

/** Where generated tests of a spec go, beside its seed. */
export function testBeside(seed: string, slug: string): string {
  return `${dirname(dirname(seed))}/${slug}.spec.ts`;
}

function overview({ given, when }: Plan): string {
  const rows = Object.entries(given.rows).map(([name, row]) => {
    const values = isMade(row) ? row.set : { ...row.match, ...row.update };
    const told = Object.entries(values).map(([column, value]) => `${column} ${valueText(value)}`);
    const many = isMade(row) && row.count !== undefined ? ` ×${row.count}` : '';
    return `- \`${name}\`${many} (${row.table})${told.length > 0 ? `: ${told.join(', ')}` : ''}`;
  });
  const absent = given.absent.map(({ table, where }) => {
    const told = Object.entries(where).map(([column, value]) => `${column} ${valueText(value)}`);
    return `- no row in ${table} with ${told.join(', ') || 'anything'}`;
  });
  const who = when.at(-1)?.as ?? null;
  return [
    'The seed has set this state up; it is not blank, and it is there again for every test:',
    '',
    ...[...rows, ...absent].map(oneLine),
    '',
    who === null ? 'Nobody is signed in.' : `The page is signed in as \`${oneLine(who)}\`.`,
  ].join('\n');
}

function valueText(value: Value): string {
  const ref = refOf(value);
  if (ref) return `of \`${ref.row}\``;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if ('now' in value) return `now ${value.now}`;
  if ('unique' in value) return JSON.stringify(value.unique);
  if ('json' in value) return JSON.stringify(value.json);
  if ('oneOf' in value) return `one of ${JSON.stringify(value.oneOf)}`;
  return 'of any value';
}

function actor({ when }: Plan): string {
  const who = when.at(-1)?.as ?? null;
  return who === null ? ', signed in as nobody' : `, signed in as ${oneLine(who)}`;
}

function perform({ method, path, body, action }: When, { given }: Plan): string {
  const sent = body === undefined ? '' : ` with ${oneLine(JSON.stringify(plainly(body, given)))}`;
  if (action) return `Have the page call \`${oneLine(action.name)}\`${sent}`;
  return `Make the page send ${method} ${oneLine(path)}${sent}`;
}

/** Values as a person would type them; a reference tells whose it is. */
function plainly(value: unknown, given: Plan['given']): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => plainly(item, given));
  const ref = refOf(value);
  if (ref) {
    const row = given.rows[ref.row];
    const known = row && isMade(row) ? row.set[ref.column] : undefined;
    return known === undefined || refOf(known)
      ? `{${ref.row}.${ref.column}}`
      : plainly(known, given);
  }
  if ('unique' in value) return value.unique;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, plainly(item, given)]),
  );
}

function expectations({ when, then }: Plan): string[] {
  const isVisit = when.at(-1)?.visit === true;
  const { message, ...rest } = then.body ?? {};
  const told = Object.keys(rest).length > 0 ? ` with ${oneLine(JSON.stringify(rest))}` : '';
  return [
    ...(isVisit ? [] : [`The request is answered with status ${then.status}${told}`]),
    ...(typeof message === 'string' ? [`The page tells "${oneLine(message)}"`] : []),
    ...(then.location === undefined ? [] : [`The address becomes ${oneLine(then.location)}`]),
    ...then.text.present.map((text) => `The page shows "${oneLine(text)}"`),
    ...then.text.absent.map((text) => `The page does not show "${oneLine(text)}"`),
  ];
}
