import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../src/kernel/json-schema.ts';
import { textMatching } from '../../../src/kernel/pattern.ts';
import { refusedBy, sampleOf } from '../../../src/plan/request/sample.ts';
import { faultsOf } from '../../../src/plan/request/valid.ts';

const text = fc.oneof(
  fc.record({
    type: fc.constant('string'),
    format: fc.constantFrom('email', 'uuid', 'uri', 'date', 'date-time'),
  }),
  fc.tuple(fc.nat(12), fc.nat(20)).map(([least, more]) => ({
    type: 'string',
    minLength: least,
    maxLength: least + more + 1,
  })),
  fc.record({
    type: fc.constant('string'),
    pattern: fc.constantFrom('^[A-Z]{3}-\\d{4}$', '^(a|b)+c?$', '^\\S+$'),
  }),
);
const number = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(100)).map(([least, more]) => ({
  type: 'integer',
  minimum: least,
  maximum: least + more,
}));
const leaf: fc.Arbitrary<Schema> = fc.oneof(
  text,
  number,
  fc.constant({ type: 'boolean' }),
  fc.record({ enum: fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 3 }) }),
);
const list = fc
  .tuple(leaf, fc.nat(2))
  .map(([items, minItems]): Schema => ({ type: 'array', items, minItems }));
const object = fc
  .dictionary(fc.constantFrom('name', 'email', 'lines'), fc.oneof(leaf, list))
  .map((properties): Schema => ({ type: 'object', properties, required: Object.keys(properties) }));

describe('sampleOf', () => {
  it('gives what the schema accepts', () => {
    fc.assert(
      fc.property(fc.oneof(leaf, list, object), (schema) => {
        expect(faultsOf(schema, sampleOf(schema, 'value'))).toEqual([]);
      }),
    );
  });

  it('leaves out what is optional', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      required: ['b'],
    };
    expect(sampleOf(schema, 'body')).toEqual({ b: 'Sample b' });
  });
});

describe('refusedBy', () => {
  it('gives what the schema refuses', () => {
    fc.assert(
      fc.property(fc.oneof(text, number, list, object), (schema) => {
        const refused = refusedBy(schema);
        expect(refused === undefined || faultsOf(schema, refused).length > 0).toBe(true);
        expect(refused).toBeDefined();
      }),
    );
  });
});

describe('textMatching', () => {
  it.each([/^[A-Z]{2}\d{3,}$/, /^(?:foo|bar)-\w+@x\.io$/, /^.{5,10}$/, /^[^a-z]$/, /^\+?\d{7}$/])(
    'spells out %s',
    (pattern) => {
      expect(textMatching(pattern)).toMatch(pattern);
    },
  );

  it('gives up on look-around', () => {
    expect(textMatching(/^(?=b)b$/)).toBeNull();
  });
});
