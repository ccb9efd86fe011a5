import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { globPattern } from '../../../src/model/matchers/glob-pattern.ts';
import { pathPattern } from '../../../src/model/matchers/path-pattern.ts';
import { next } from '../../../src/model/readers/next.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const theirs = createRequire(import.meta.url);
const picomatch: (glob: string) => (path: string) => boolean = theirs('picomatch');
const { minimatch }: { minimatch: (path: string, glob: string) => boolean } = theirs('minimatch');

const PATHS = [
  '/',
  '/api',
  '/api/auth',
  '/api/auth/',
  '/api/auth/sign-in',
  '/api/auth/sign-in/now',
  '/api/authors',
  '/api/invitations/a1',
  '/api/invitations/a1/b',
  '/api/v2.0/users',
  '/api/v210/users',
  '/docs/a.md',
  '/docs/deep/er/a.md',
];

test.each([
  '/api/auth/**',
  '/api/**/now',
  '/api/invitations/*',
  '/api/v2.0/**',
  '/api/{auth,invitations}/*',
  '/api/auth?(s)',
  '/docs/**/*.md',
  '**',
  '/api/auth',
])('a glob takes the paths that picomatch and minimatch take: %s', (glob) => {
  const inside = globPattern(glob, { folders: false });
  if (inside !== undefined)
    expect(PATHS.filter((path) => new RegExp(inside).test(path))).toEqual(
      PATHS.filter((path) => minimatch(path, glob)),
    );
  const source = globPattern(glob);
  const taken = PATHS.filter((path) => picomatch(glob)(path));
  if (source === undefined) expect(glob).toMatch(/\(/);
  else expect(PATHS.filter((path) => new RegExp(source).test(path))).toEqual(taken);
});

test.each([
  ['/api/:kind', ['/api/auth', '/api/auth/', '/api/authors']],
  ['/api/auth/:rest*', ['/api/auth', '/api/auth/', '/api/auth/sign-in', '/api/auth/sign-in/now']],
  ['/api/auth/*rest', ['/api/auth/sign-in', '/api/auth/sign-in/now']],
  ['/api/auth{/:what}', ['/api/auth', '/api/auth/', '/api/auth/sign-in']],
  ['/api/v2.0/:what', ['/api/v2.0/users']],
])('a pattern of path-to-regexp takes whole paths: %s', (pattern, taken) => {
  expect(PATHS.filter((path) => new RegExp(pathPattern(pattern)).test(path))).toEqual(taken);
});

const behind = (asked: string, route: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { next: '16' } }),
        'middleware.ts': `
          import micromatch from 'micromatch';
          import { minimatch } from 'minimatch';
          import picomatch from 'picomatch';
          import { match, pathToRegexp } from 'path-to-regexp';
          import { NextResponse } from 'next/server';
          const open = ['/api/health', '/api/auth/**', '/api/boats/*/public'];
          export default function middleware(req) {
            const { pathname } = req.nextUrl;
            if (${asked}) return NextResponse.next();
            return NextResponse.json({ error: 'closed' }, { status: 401 });
          }`,
        ...Object.fromEntries(
          ['health', 'auth/[...all]', 'boats/[id]', 'boats/[id]/public', '[any]'].map((path) => [
            `app/api/${path}/route.ts`,
            'export function GET() { return Response.json({}); }',
          ]),
        ),
      },
      route,
      next,
    ),
  );

test.each([
  'micromatch.isMatch(pathname, open)',
  'picomatch.isMatch(pathname, open)',
  'picomatch(open)(pathname)',
  'open.some((each) => minimatch(pathname, each))',
  "['/api/health', '/api/auth/*all', '/api/boats/:id/public'].some((each) => match(each)(pathname))",
  "['/api/health', '/api/auth/*all', '/api/boats/:id/public'].some((each) => pathToRegexp(each).test(pathname))",
])('middleware knows whether the path it stands before is open: %s', (asked) => {
  const isSplit = /each\)\(|each\)\.test/.test(asked);
  for (const route of [
    '/api/health',
    ...(isSplit ? [] : ['/api/auth/*all']),
    '/api/boats/:id/public',
  ])
    expect(behind(asked, `GET ${route}`)).toEqual(['200 200: ']);
  expect(behind(asked, 'GET /api/boats/:id')).toEqual(['closed 401: ']);
});

test('a route that is open for some of its paths alone asks which it is', () => {
  expect(
    behind('micromatch.isMatch(pathname, open)', 'GET /api/:any').map((each) => each.slice(0, 10)),
  ).toEqual(['closed 401', '200 200: (']);
  expect(behind("micromatch.isMatch(pathname, ['!/api/**'])", 'GET /api/health')[0]).toMatch(
    /\[micromatch/,
  );
});
