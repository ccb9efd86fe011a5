import { readFileSync } from 'node:fs';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { zodTextFormat } from 'openai/helpers/zod';
import { expect, test } from 'vitest';
import { Plan } from '../../src/plan/plan.ts';
import { fromWire, toWire, WirePlan } from '../../src/plan/wire.ts';

const plan: Plan = {
  version: 1,
  id: 'POST /orders › too_late',
  title: 'Too late',
  variantOf: null,
  given: {
    rows: {
      user: { table: 'users', set: { email: { unique: 'a@example.test' }, banned_at: null } },
      slot: { table: 'slots', count: 2, set: { starts_at: { now: '-P1D' } } },
      role: { table: 'roles', match: { name: 'admin' }, update: { rank: 2 } },
    },
    absent: [{ table: 'orders', where: { user_id: { ref: 'user.id' } } }],
    personas: { user: { row: 'user' } },
    env: { FLAG: null },
  },
  when: [
    {
      as: 'user',
      method: 'POST',
      path: '/orders',
      body: { lines: [{ slot: { ref: 'slot.id' }, quantity: 1 }], note: 'x' },
    },
  ],
  // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the plan's format
  then: { status: 422, body: { error: 'too_late' }, text: { present: [], absent: [] } },
  evidence: [{ file: 'a.ts', symbol: 'f', hash: 'h' }],
  planner: { kind: 'llm', version: '1' },
  digests: { code: 'c', schema: 's', prompt: 'p' },
};

test('a plan survives the way to the wire and back', () => {
  const { id, evidence, planner, digests } = plan;
  const back = fromWire(WirePlan.parse(toWire(plan)), { id, evidence, planner, digests });
  expect(Plan.parse(back)).toEqual(plan);
});

test('both providers accept the wire shape as a schema', () => {
  expect(() => zodTextFormat(WirePlan, 'plan')).not.toThrow();
  const format = JSON.stringify(zodOutputFormat(WirePlan));
  expect(format).not.toContain('"properties":{},"additionalProperties":false');
});

test('a body path can not reach a prototype', () => {
  const wire = toWire(plan);
  wire.request.body = [{ name: '__proto__.polluted', value: { kind: 'literal', value: true } }];
  const { id, evidence, planner, digests } = plan;
  fromWire(wire, { id, evidence, planner, digests });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('the prompt speaks of every part of the wire shape it needs', () => {
  const prompt = readFileSync('prompts/plan/propose.md', 'utf8');
  for (const word of ['absent', 'ref', 'expect', 'ISO 8601']) expect(prompt).toContain(word);
});
