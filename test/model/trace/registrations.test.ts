import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const REGISTRY = `
  class Rules {
    public allow = (roles, actions, check) => {
      for (const role of roles) {
        if (!this.byRole.has(role)) this.byRole.set(role, []);
        this.byRole.get(role).push({ actions, check });
      }
    };
    public may = (role, action) => {
      for (const [known, rules] of this.byRole.entries()) {
        if (known !== role) continue;
        if (rules.some((rule) => rule.actions.includes(action) && rule.check(action))) return true;
      }
      return false;
    };
    private byRole = new Map();
  }
  const rules = new Rules();
  export const { allow, may } = rules;
  export const readers = new Map();`;

const asked = (files: Record<string, string>, answer: string) =>
  outcomes(
    trace(
      {
        ...shop(`import { may, readers } from './rules';
          app.get('/orders/:id', async (c) => ${answer});`),
        'rules.ts': REGISTRY,
        ...files,
      },
      'GET /orders/:id',
    ),
  ).sort();

const MAY = `may('clerk', 'ship') ? c.json({}) : c.json({ error: 'refused' }, 403)`;

test('a map has what other modules put there as they load', () => {
  const files = {
    'ship.ts': `import { allow } from './rules';
allow(['owner', 'clerk'], ['ship'], (action) => action === 'ship');`,
    'sell.ts': `import { allow } from './rules';
allow(['owner'], ['sell'], () => true);`,
  };
  expect(asked(files, MAY)).toEqual(['200 200: ']);
  expect(asked({ 'sell.ts': files['sell.ts'] }, MAY)).toEqual(['refused 403: ']);
});

test('so it is where the map itself is handed on', () => {
  const files = {
    'csv.ts': `import { readers } from './rules';
readers.set('csv', () => 'comma');`,
  };
  const answer = `readers.get('csv')() === 'comma' && !readers.has('xml') ? c.json({}) : c.json({ error: 'none' }, 400)`;
  expect(asked(files, answer)).toEqual(['200 200: ']);
});

test('what functions put there as well may be anything, and so may what nobody is seen to put there', () => {
  const either = ['200 200', 'refused 403'];
  const later = {
    'ship.ts': `import { allow } from './rules';
allow(['owner'], ['ship'], () => true);
export const grant = (role) => allow([role], ['ship'], () => true);`,
  };
  for (const files of [later, {}])
    expect(asked(files, MAY).map((each) => each.replace(/:.*/, ''))).toEqual(either);
});

test('all of many things that are there are gone through', () => {
  const more = Array.from({ length: 14 }, (_, at) => `readers.set(${at}, { type: 'text' });`);
  const files = {
    'csv.ts': `import { readers } from './rules';
${more.join('\n')}
readers.set('csv', { type: 'table' });`,
  };
  const found = asked(
    files,
    `{ for (const reader of readers.values()) if (reader.type === 'table') return c.json({});
      return c.json({ error: 'none' }, 400); }`,
  );
  expect(found).toEqual(['200 200: ']);
});
