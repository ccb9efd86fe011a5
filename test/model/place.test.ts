import { expect, test } from 'vitest';
import { ts } from '../../src/kernel/syntax.ts';
import { placeOf } from '../../src/model/place.ts';
import { programOf } from '../setup/code.ts';

function placeOfIf(text: string) {
  const source = programOf({ 'a.ts': text }).source('a.ts');
  let found: ts.Node | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isIfStatement(node)) found = node;
    ts.forEachChild(node, visit);
  };
  if (source) visit(source);
  return placeOf(found!);
}

test('comments and layout move the line and leave the hash', () => {
  const before = placeOfIf('export const read = () => { if (a.b) return 1; }');
  const after = placeOfIf(
    '// hello\nexport const read = () => {\n  if (a\n  /* why */ .b)\n return 1;\n}',
  );
  expect(before).toMatchObject({ file: 'a.ts', line: 1, symbol: 'read' });
  expect(after).toEqual({ ...before, line: 3 });
  expect(placeOfIf('const read = () => { if (a.c) return 1; }').hash).not.toBe(before.hash);
});
