import { describe, expect, test } from 'vitest';
import { express as reader } from '../../../src/model/readers/express.ts';
import { programOf } from '../../setup/code.ts';

function read(texts: Readonly<Record<string, string>>): string[] {
  const manifest = JSON.stringify({ name: 'app', dependencies: { express: '5' } });
  const { endpoints } = reader.read(programOf({ 'package.json': manifest, ...texts }), '.');
  return endpoints.map(({ method, path }) => `${method} ${path}`).sort();
}

const ROUTER = `
  const router = require('express').Router();
  router.get('/', (req, res) => res.send('ok'));
  module.exports = router;`;

const TYPED = `
  import { Router } from 'express';
  export default (router: Router) => { router.get('/NAME', (_req, res) => res.send('ok')); };`;

const START = `
  import express, { Router } from 'express';
  const app = express(); const router = Router();
  app.use('/api', router); app.listen(3000);`;

const named = (name: string) => TYPED.replace('NAME', name);

describe('routes that a folder holds', () => {
  test('modules that are imported by the names of a listing', () => {
    const routes = read({
      'src/index.ts': `${START}
        import { readdirSync } from 'fs';
        import { join } from 'path';
        readdirSync(join(__dirname, './routes'))
          .filter((file) => !file.endsWith('.map'))
          .map(async (file) => { (await import(\`./routes/\${file}\`)).default(router); });`,
      'src/routes/cats.ts': named('cats'),
      'src/routes/dogs.ts': named('dogs'),
      'src/routes/dogs.test.ts': named('tests'),
      'src/other.ts': named('other'),
    });
    expect(routes).toEqual(['GET /api/cats', 'GET /api/dogs']);
  });

  test('sources are listed as what the build makes of them, where that is what the code asks for', () => {
    const routes = read({
      'src/index.ts': `${START}
        import fs from 'node:fs';
        import path from 'node:path';
        const own = path.basename(__filename);
        fs.readdirSync(__dirname)
          .filter((f) => f.indexOf('.') !== 0 && f !== own && f.slice(-3) === '.js')
          .forEach((f) => require(path.join(__dirname, f)).default(router));`,
      'src/cats.ts': named('cats'),
    });
    expect(routes).toEqual(['GET /api/cats']);
  });

  test('a name is a prefix, folders within are gone through', () => {
    const routes = read({
      'index.js': `
        const express = require('express');
        const fs = require('fs');
        const path = require('path');
        const app = express();
        function walk(folder, prefix) {
          fs.readdirSync(folder).forEach((name) => {
            const full = path.join(folder, name);
            if (fs.statSync(full).isDirectory()) return walk(full, prefix + '/' + name);
            if (/\\.js$/.test(name)) app.use(prefix + '/' + name.split('.').shift(), require(full));
          });
        }
        walk(path.resolve('routes'), '');
        app.listen(3000);`,
      'routes/cats.js': ROUTER,
      'routes/admin/dogs.js': ROUTER,
    });
    expect(routes).toEqual(['GET /admin/dogs', 'GET /cats']);
  });

  test('folders are gone through as deep as they are, in the order that they are sorted in', () => {
    const router = (routes: string) => `
      const router = require('express').Router();
      ${routes}
      module.exports = router;`;
    const routes = read({
      'index.js': `
        const express = require('express');
        const fs = require('fs');
        const app = express();
        async function walk({ folder, prefix, ...options }, visit) {
          fs.readdirSync(folder)
            .sort((a, _) => (a.startsWith('#') ? 1 : -1))
            .map(async (name) => {
              const full = folder + name;
              if (fs.lstatSync(full).isFile()) return visit(prefix + name, full);
              if (options.deep) return walk({ ...options, folder: full + '/', prefix: prefix + name + '/' }, visit);
            });
        }
        walk({ folder: __dirname + '/routes/', prefix: '/', deep: true }, (path, full) =>
          app.use(path.replace('.js', '').replaceAll('#', ':'), require(full)));
        app.listen(3000);`,
      'routes/#cat.js': router("router.get('/toys', (req, res) => res.send('its toys'));"),
      'routes/@me.js': router("router.get('/toys', (req, res) => res.send('own toys'));"),
      'routes/a/b/c/d/e/dogs.js': ROUTER,
    });
    expect(routes).toEqual(['GET /:cat/toys', 'GET /@me/toys', 'GET /a/b/c/d/e/dogs']);
  });

  test('listings with types, that come later, of modules', () => {
    const routes = read({
      'index.js': `${START}
        import { readdir } from 'node:fs/promises';
        import { dirname, join } from 'node:path';
        import { fileURLToPath, pathToFileURL } from 'node:url';
        const here = dirname(fileURLToPath(import.meta.url));
        for (const each of await readdir(join(here, 'routes'), { withFileTypes: true })) {
          if (!each.isFile()) continue;
          const module = await import(pathToFileURL(join(here, 'routes', each.name)).href);
          module.default(router);
        }`,
      'routes/cats.js': named('cats').replace(': Router', ''),
    });
    expect(routes).toEqual(['GET /api/cats']);
  });

  test('globs', () => {
    const routes = read({
      'src/index.ts': `${START}
        import { globSync } from 'glob';
        import path from 'path';
        for (const file of globSync('**/*.routes.ts', { cwd: import.meta.dirname, absolute: true }))
          import(file).then((module) => module.default(router));
        globSync(path.join(__dirname, 'more/*.ts')).forEach((file) => require(file).default(router));`,
      'src/cats/cats.routes.ts': named('cats'),
      'src/more/dogs.ts': named('dogs'),
      'src/cats/other.ts': named('other'),
    });
    expect(routes).toEqual(['GET /api/cats', 'GET /api/dogs']);
  });

  test('globs without what they leave out', () => {
    const routes = read({
      'src/index.ts': `${START}
        import { globSync } from 'glob';
        const found = globSync(['**/*.routes.ts', '!old/**'], { cwd: import.meta.dirname, absolute: true, ignore: 'spare/**' });
        found.forEach((file) => require(file).default(router));`,
      'src/cats/cats.routes.ts': named('cats'),
      'src/old/dogs.routes.ts': named('dogs'),
      'src/spare/birds.routes.ts': named('birds'),
    });
    expect(routes).toEqual(['GET /api/cats']);
  });

  test('packages that require a whole folder', () => {
    const routes = read({
      'index.js': `
        const express = require('express');
        const routes = require('require-directory')(module, './routes');
        const app = express();
        for (const [name, router] of Object.entries(routes)) app.use('/' + name, router);
        app.listen(3000);`,
      'routes/cats.js': ROUTER,
    });
    expect(routes).toEqual(['GET /cats']);
  });
});
