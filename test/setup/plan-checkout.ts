import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { Place } from '../../src/operations/place.ts';
import { planRepo } from '../../src/operations/plan-repo.ts';
import type { Plan } from '../../src/plan/plan.ts';

/** A checkout of one file that is gone after the test, its config asking `llm`. */
export function checkoutOf(app: string, llm: object | null): string {
  const root = mkdtempSync(join(tmpdir(), 'statewright-checkout-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'src'));
  const dependencies = { hono: '4', 'drizzle-orm': '0.45' };
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'app', dependencies }));
  writeFileSync(join(root, 'src/app.ts'), app);
  const config = JSON.stringify({ app: { start: ['node', 'src/app.ts'] }, llm });
  writeFileSync(join(root, 'statewright.config.mjs'), `export default ${config};\n`);
  return root;
}

/** Plans a checkout as the command does. */
export function planIn(
  path: string,
  options: Partial<z.input<typeof planRepo.input>>,
  env: Place['env'],
) {
  return planRepo.run(planRepo.input.parse({ path, ...options }), placeWith(env, path));
}

/** Where an operation runs that nobody watches. */
export function placeWith(env: Place['env'], home: string): Place {
  return {
    clock: { now: () => new Date(0) },
    home,
    env,
    terminal: { colour: false, width: 100 },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
}

/** The plans that lie beside the code. */
export function plansIn(root: string): Plan[] {
  const folder = join(root, 'statewright/plans');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files
    .filter((file) => file.endsWith('.json'))
    .map((file): Plan => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}
