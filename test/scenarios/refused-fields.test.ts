import { expect, test } from 'vitest';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import { input, modelOf, refusal, route } from '../setup/model-builders.ts';
import { planned } from '../setup/planning.ts';

const BOOKING = {
  type: 'object',
  required: ['name', 'seats'],
  properties: {
    name: { type: 'string', minLength: 3, maxLength: 20 },
    seats: { type: 'integer', minimum: 1 },
    kind: { enum: ['stalls', 'circle'] },
    email: { type: 'string', format: 'email', 'x-refine': ['(text) => !text.endsWith(".test")'] },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
  },
  additionalProperties: false,
};

function modelWith(body: object) {
  const outcomes = [refusal(400, 'invalid_body', [input('invalid', 'body')])];
  return modelOf([], [route('POST', '/bookings', { outcomes, body })]);
}

test('a schema that refuses has a variant for each field and rule, one at a time', () => {
  const [scenario] = deriveScenarios(modelWith(BOOKING));
  expect(scenario?.variants.map(({ slug }) => slug)).toEqual([
    'body.name shorter than 3',
    'body.name longer than 20',
    'body.seats missing',
    'body.seats less than 1',
    'body.kind none of its options',
    'body.email of another type',
    'body.email no email',
    'body.email refused by (text) => !text.endsWith(".test")',
    'body.tags of another type',
    'body.tags with more than 2',
    'body with a field it does not know',
  ]);
});

test('each is planned with a body that this rule alone refuses', () => {
  const { plans } = planned(modelWith(BOOKING));
  const name = 'Sample name';
  const bodies = plans.map(({ id, when }) => [id.split(' › ').at(-1), when[0]?.body]);
  expect(Object.fromEntries(bodies)).toEqual({
    invalid_body: { seats: 1 },
    'body.name shorter than 3': { name: 'Sa', seats: 1 },
    'body.name longer than 20': { name: 'Sample valueeeeeeeeee', seats: 1 },
    'body.seats missing': { name },
    'body.seats less than 1': { name, seats: 0 },
    'body.kind none of its options': { name, seats: 1, kind: 'not-valid' },
    'body.email of another type': { name, seats: 1, email: 1 },
    'body.email no email': { name, seats: 1, email: 'not-valid' },
    'body.tags of another type': { name, seats: 1, tags: 'not-valid' },
    'body.tags with more than 2': { name, seats: 1, tags: Array(3).fill('Sample value') },
    'body with a field it does not know': { name, seats: 1, unexpected: 'not-valid' },
  });
});

test('a query carries texts alone: of another type are those that spell none', () => {
  const properties = {
    q: { type: 'string' },
    page: { type: 'integer', minimum: 1, 'x-coerce': true },
  };
  const outcomes = [refusal(400, 'invalid_query', [input('invalid', 'query')])];
  const plain = route('GET', '/bookings', { outcomes });
  const model = modelOf(
    [],
    [{ ...plain, input: { ...plain.input, query: { type: 'object', properties } } }],
  );
  expect(deriveScenarios(model)[0]?.variants.map(({ slug }) => slug)).toEqual([
    'query.page less than 1',
  ]);
});
