import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const FIELD = `
  const flag = (at) => BigInt(1) << BigInt(at);
  class Bits {
    bits = BigInt(0);
    static NAMES = { SAIL: flag(0), STEER: flag(10), COMMAND: flag(40) };
    static ALL = Object.values(Bits.NAMES).reduce((all, one) => all | one, 0n);
    constructor(given) { this.bits = Bits.resolve.call(this, given); }
    has(given) { const own = Bits.resolve.call(this, given); return (this.bits & own) === own; }
    static resolve(given) {
      const names = this.NAMES || this.constructor?.NAMES;
      if (typeof given === 'string') {
        if (typeof names[given] !== 'undefined') return names[given];
        given = BigInt(given);
      }
      if ((typeof given === 'number' || typeof given === 'bigint') && given >= BigInt(0)) return BigInt(given);
      if (given instanceof Bits) return given.bits;
      if (Array.isArray(given)) return given.map((each) => Bits.resolve.call(this, each)).reduce((all, one) => all | one, 0n);
      throw new RangeError('no bits: ' + given);
    }
  }`;

function endings(code: string): string[] {
  const app = `import { Hono } from 'hono'; const app = new Hono(); ${FIELD}
    app.get('/boat', async (c) => {${code}});
    export default app;`;
  return outcomes(trace({ 'app.ts': app }, 'GET /boat'));
}

test('fields of bits that are written out are known', () => {
  expect(
    endings(`
      const crew = new Bits(['SAIL', 'COMMAND']);
      if (!crew.has('SAIL') || !crew.has(Bits.NAMES.COMMAND)) return c.json({ error: 'never' }, 500);
      if (crew.has('STEER') || crew.bits !== BigInt(1099511627777)) return c.json({ error: 'nor' }, 500);
      if (!new Bits(Bits.ALL).has(crew) || (Bits.ALL & ~crew.bits) !== 1024n) return c.json({ error: 'this' }, 500);
      return c.json({});`),
  ).toEqual(['200 200: ']);
});

test('bits of plain numbers are 32', () => {
  expect(
    endings(`
      let mask = 1;
      mask |= 6;
      if ((1 << 33) !== 2 || mask !== 7 || (~mask & 15) !== 8) return c.json({ error: 'never' }, 500);
      let open = 0;
      open |= c.req.query('more');
      return open ? c.json({}) : c.json({}, 201);`),
  ).toHaveLength(2);
});
