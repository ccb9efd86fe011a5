import { expect, test } from 'vitest';
import { planModel } from '../../src/operations/plan.ts';
import { shop } from '../setup/shop-model.ts';

test('without variants the endings are planned the same, and they alone', () => {
  const whole = planModel(shop);
  const endings = planModel(shop, { variants: false });
  expect(whole.plans.some(({ variantOf }) => variantOf !== null)).toBe(true);
  expect(endings.plans).toEqual(whole.plans.filter(({ variantOf }) => variantOf === null));
  expect(endings.scenarios).toEqual(whole.scenarios);
  expect(endings.unsolved).toEqual(whole.unsolved);
});
