import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const RESULT = `
  export function Ok(value: any) {
    return { value, isErr: () => false, map: (fn: any) => { try { return Ok(fn(value)); } catch (err) { return Err(err); } } };
  }
  export function Err(error: any) {
    const err = ensure(error);
    return { error: err, isErr: () => true, map: () => Err(err) };
  }
  function ensure(err: unknown): Error {
    if (err === null || err === undefined) return new Error();
    if (isError(err)) return err;
    if (typeof err === 'object') return new Error(JSON.stringify(err));
    return new Error(String(err));
  }
  function isError(value: any): value is Error {
    if (value instanceof Error) return true;
    if (typeof value !== 'object' || value === null) return false;
    return 'name' in value && 'message' in value;
  }`;

const ERRORS = `
  class ShopError extends Error {
    status = 500;
    type: string;
    message: string;
    constructor(type: string, payload = {}, status?: number) {
      super(type);
      this.type = type;
      this.payload = payload;
      if (status) this.status = status;
      switch (type) {
        case 'no_key': this.status = 401; this.message = 'No key.'; break;
        case 'bad_key': this.status = 401; this.message = 'A bad key.'; break;
        case 'no_shop': this.status = 404; this.message = 'No shop.'; break;
        default: this.status = 500; this.type = 'unhandled_' + type; this.message = 'Unhandled.';
      }
    }
  }
  class Errors {
    answer(res: any, err: ShopError) {
      if (err.type === 'script') res.status(424).json({ code: err.type });
      else if (!err.message) res.status(err.status || 500).send({ code: err.type || 'unknown' });
      else res.status(err.status || 500).send({ error: { code: err.type, message: err.message } });
    }
    send(res: any, type: string) { this.answer(res, new ShopError(type)); }
  }
  export default new Errors();`;

test('what an object sends that is given the response is told apart by the code it is given', () => {
  const text = `
    import express from 'express';
    import errors from './errors';
    import { Err, Ok } from './result';
    const app = express();
    async function check(key: string, shop: string) {
      if (!/^[a-f]+$/.test(key)) return Err('bad_key');
      if (shop === 'none') return Err('no_shop');
      if (shop === 'odd') return Err('odd');
      if (shop === 'gone') return Err('gone');
      return Ok({ key, shop });
    }
    app.get('/shop', async (req: any, res: any) => {
      const key = req.headers['x-key'];
      if (!key) { errors.send(res, 'no_key'); return; }
      const found = await check(key, req.query.shop);
      if (found.isErr()) { errors.send(res, found.error.message); return; }
      res.json(found.value);
    });
    app.listen(3000);`;
  const found = outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
        'app.ts': text,
        'errors.ts': ERRORS,
        'result.ts': RESULT,
      },
      'GET /shop',
      express,
    ),
  );
  const key = 'present headers.x-key & headers.x-key matches "^[a-f]+$"';
  expect(found.slice(0, 4)).toEqual([
    'no_key 401: missing headers.x-key',
    'bad_key 401: present headers.x-key & headers.x-key not matches "^[a-f]+$"',
    `no_shop 404: ${key} & query.shop = "none"`,
    `unhandled_odd 500: ${key} & query.shop = "odd"`,
  ]);
  expect(found[4]).toContain('unhandled_gone 500');
  expect(found[5]).toContain('200 200');
  expect(found).toHaveLength(6);
});

test('an object that is written out has its keys, whatever they hold', () => {
  const text = `
    import express from 'express';
    const app = express();
    const find = (by: any) => ('key' in by ? 'key' : 'secret');
    app.get('/shop', (req: any, res: any) => {
      const given = req.headers['x-key'].split('Bearer ').pop();
      const found = find(req.query.inside === 'yes' ? { secret: given } : { key: given });
      res.status(found === 'key' ? 200 : 403).json({});
    });
    app.listen(3000);`;
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '5' } });
  const found = outcomes(trace({ 'package.json': manifest, 'app.ts': text }, 'GET /shop', express));
  expect(found.filter((each) => each.includes('[')).map((each) => each.slice(0, 3))).toEqual([]);
});
