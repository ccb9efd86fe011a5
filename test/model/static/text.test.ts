import { describe, expect, test } from 'vitest';
import { express as reader } from '../../../src/model/readers/express.ts';
import { programOf } from '../../setup/code.ts';

/** What an app serves whose one path is what `expression` comes to. */
function pathOf(expression: string): string[] {
  const { endpoints } = reader.read(
    programOf({
      'package.json': JSON.stringify({ name: 'ferry', dependencies: { express: '5' } }),
      'app.ts': `
        import express from 'express';
        const app = express();
        const file = 'trips/#trip/%2Eseats/index.ts';
        app.get(${expression}, (_req, res) => res.send('ok'));
        app.listen(3000);`,
    }),
    '.',
  );
  return endpoints.map(({ path }) => path);
}

describe('paths that are made of texts', () => {
  test.each([
    ["file.replaceAll('#', ':').split('.').slice(0, -1).join('.')", '/trips/:trip/%2Eseats/index'],
    [
      "'/' + file.replaceAll(/%[0-9A-F]{2}/g, (found) => decodeURIComponent(found)).replaceAll('#', ':')",
      '/trips/:trip/.seats/index.ts',
    ],
    [
      "'/' + file.replace(/\\/(\\w+)\\.ts$/, '').replace(/#(\\w+)/, ':$1')",
      '/trips/:trip/%2Eseats',
    ],
    ["'/' + file.replace(/#(\\w+)/, (_found, name) => '{' + name + '}').split('/')[0]", '/trips'],
    ["'/' + file.match(/^(\\w+)/)[1]", '/trips'],
    ["file.match(/^seats/) ? '/seats' : '/all'", '/all'],
    ["'/a$b'.replace('b', '$&')", '/a$$&'],
  ])('%s', (expression, path) => {
    expect(pathOf(expression)).toEqual([path]);
  });

  test('what is not known is no path', () => {
    expect(pathOf("'/' + file.replace(/#/, () => process.env.MARK)")).toEqual([]);
    expect(pathOf("'/' + file.replaceAll(/#/, ':')")).toEqual([]);
    expect(pathOf("'/' + decodeURIComponent('%')")).toEqual([]);
  });
});
