import { expect, test } from 'vitest';
import { next } from '../../../src/model/readers/next.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const SEND = `
  export async function POST(request) {
    const body = await request.clone().json();
    if (request.method !== 'POST') return Response.json({}, { status: 405 });
    if (request.headers.get('content-type') !== 'application/json') return Response.json({}, { status: 415 });
    if (!request.headers.has('X-Key')) return Response.json({}, { status: 401 });
    if (!body.name) return Response.json({}, { status: 400 });
    return Response.json({ name: body.name });
  }`;

test('a handler called with a request that code made sees what was put into it', () => {
  const found = outcomes(
    trace(
      {
        'app/send/route.ts': SEND,
        'app/batch/route.ts': `
          import * as send from '../send/route';
          export async function POST(request) {
            const { name } = await request.json();
            const headers = new Headers(request.headers);
            headers.set('Content-Type', 'application/json');
            if (!headers.has('content-type')) return Response.json({}, { status: 500 });
            const made = new Request(request.url, { method: 'POST', headers, body: JSON.stringify({ name }) });
            const response = await send.POST(made);
            if (response.status === 401) return response;
            if (!response.ok) return Response.json({}, { status: 422 });
            const none = await send.POST(new Request(request, { headers: { 'x-key': 'own' } }));
            return none.ok ? Response.json({}) : Response.json({}, { status: 502 });
          }`,
      },
      'POST /batch',
      next,
    ),
  );
  expect(found.filter((each) => !each.startsWith('SyntaxError'))).toEqual([
    '401 401: missing headers.x-key',
    '422 422: present headers.x-key & missing body.name',
    '502 502: present headers.x-key & present body.name',
  ]);
});
