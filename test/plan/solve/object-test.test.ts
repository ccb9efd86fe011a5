import { expect, test } from 'vitest';
import {
  answer,
  body,
  call,
  input,
  inputCompare,
  lit,
  modelOf,
  refusal,
  route,
} from '../../setup/model-builders.ts';
import { planned } from '../../setup/planning.ts';

const kind = call('typeof', body('data'));
const others = [refusal(400, 'no_object', [inputCompare(kind, '!=', lit('object'))])];
const isObject = inputCompare(kind, '=', lit('object'));
const sentFor = (...when: Parameters<typeof answer>[1]) => {
  const outcomes = [...others, answer(200, [isObject, ...when])];
  return planned(modelOf([], [route('POST', '/forms', { outcomes })]));
};

test('what code takes for an object is sent as one', () => {
  const { plan } = sentFor(input('present', 'body', 'data'));
  expect(plan('POST /forms › 200').when[0]?.body).toEqual({ data: {} });
});

test('and keeps what is asked of its inside', () => {
  const { plan } = sentFor(inputCompare(body('data', 'size'), '=', lit(3)));
  expect(plan('POST /forms › 200').when[0]?.body).toEqual({ data: { size: 3 } });
});

test('what is to be none is something else', () => {
  const { plan } = sentFor();
  const [asked] = plan('POST /forms › no_object').when;
  expect(asked?.body).toEqual({ data: expect.any(Number) });
});

test('an object that is to be no list is sent as one', () => {
  const { plan } = sentFor(input('invalid', 'body', 'data'));
  expect(plan('POST /forms › 200').when[0]?.body).toEqual({ data: {} });
});
