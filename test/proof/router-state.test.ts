import { expect, test } from 'vitest';
import { actionDataIn } from '../../src/proof/router-state.ts';

const page = (...lines: readonly string[]) =>
  lines
    .map(
      (line) =>
        `<script>window.__reactRouterContext.streamController.enqueue(${JSON.stringify(line)});</script>`,
    )
    .join('<p>between</p>');

test('reads what an action gave back out of a page, whatever pieces it was sent in', () => {
  const flat = JSON.stringify([
    { _1: 2, _3: 4, _16: -5 },
    'loaderData',
    {},
    'actionData',
    { _5: 6 },
    'routes/boat',
    { _7: 8, _9: 10, _11: -5, _12: -7, _13: 14 },
    'code',
    'no_"name"',
    'list',
    [15, 15],
    'none',
    'gone',
    'at',
    ['D', 1764316800000],
    3,
    'errors',
  ]);
  const data = {
    code: 'no_"name"',
    list: [3, 3],
    none: null,
    gone: null,
    at: '2025-11-28T08:00:00.000Z',
  };
  expect(actionDataIn(page(`${flat}\n`))).toEqual(data);
  expect(actionDataIn(page(flat.slice(0, 40), `${flat.slice(40)}\n`, 'P20:[]\n'))).toEqual(data);
});

test('a page that no action ran for has nothing', () => {
  expect(actionDataIn(page('[{"_1":-5},"actionData"]\n'))).toBeNull();
  expect(actionDataIn('<p>no script</p>')).toBeNull();
  expect(actionDataIn(page('not a list'))).toBeNull();
});
