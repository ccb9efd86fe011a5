import { expect, test } from 'vitest';
import {
  answer,
  body,
  call,
  inputCompare,
  lit,
  modelOf,
  refusal,
  route,
} from '../../setup/model-builders.ts';
import { planned } from '../../setup/planning.ts';

const is = call('isUrl', body('hook'));
const host = call('urlPart', body('hook'), lit('hostname'));
const isUrl = inputCompare(is, '=', lit(true));

const sent = (ending: string) => {
  const outcomes = [
    refusal(400, 'no_address', [inputCompare(is, '!=', lit(true))]),
    refusal(403, 'stranger', [isUrl, inputCompare(host, '!=', lit('harbour.example'))]),
    answer(200, [isUrl, inputCompare(host, '=', lit('harbour.example'))]),
  ];
  const { plan } = planned(modelOf([], [route('POST', '/hooks', { outcomes })]));
  const { hook } = Object(plan(`POST /hooks › ${ending}`).when[0]?.body);
  return URL.canParse(hook) ? new URL(hook).hostname : null;
};

test('an address is made with the parts that are asked for, and what is none where one is refused', () => {
  expect(sent('200')).toBe('harbour.example');
  expect(sent('stranger')).toEqual(expect.not.stringMatching('harbour.example'));
  expect(sent('no_address')).toBeNull();
});
