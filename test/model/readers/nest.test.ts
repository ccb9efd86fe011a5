import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { nest as reader } from '../../../src/model/readers/nest.ts';
import { programOf } from '../../setup/code.ts';
import { readApp } from '../../setup/endings.ts';
import { nestRoutes } from '../../setup/nest-routes.ts';

const COWORKING = fileURLToPath(new URL('../../../fixtures/apps/coworking/src/', import.meta.url));

function read(texts: Readonly<Record<string, string>>) {
  const dependencies = { '@nestjs/core': '11', '@nestjs/common': '11' };
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies }),
    ...texts,
  });
  const { endpoints, findings } = reader.read(program, '.');
  return {
    endpoints,
    routes: endpoints.map(({ method, path }) => `${method} ${path}`),
    findings: findings.map(({ code, facts }) => `${code} ${facts['reason']}`),
  };
}

test('the coworking app has the routes Nest itself registers', async () => {
  const files = readdirSync(COWORKING, { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(COWORKING + path, 'utf8')] as const);
  const { routes } = await readApp('coworking');
  expect(routes).toEqual(nestRoutes(Object.fromEntries(texts), { preview: true }).sort());
}, 60_000);

const MAIN = `
  import { NestFactory } from '@nestjs/core';
  import { AppModule } from './app.module';
  import { configureApp } from './app.setup';
  async function bootstrap() {
    const app = await NestFactory.create(AppModule);
    configureApp(app);
    await app.listen(3000);
  }
  void bootstrap();`;

test('an application that is made for its document alone serves nothing', () => {
  const { endpoints } = read({
    'main.ts': `
      import { NestFactory } from '@nestjs/core';
      import { AppModule } from './app.module';
      async function bootstrap() {
        const app = await NestFactory.create(AppModule);
        app.setGlobalPrefix('api');
        await app.listen(3000);
      }
      void bootstrap();`,
    'document.ts': `
      import { NestFactory } from '@nestjs/core';
      import { AppModule } from './app.module';
      const write = async () => {
        const app = await NestFactory.create(AppModule);
        await app.close();
      };
      write();`,
    'app.module.ts': `
      import { Controller, Get, Module } from '@nestjs/common';
      @Controller('berths') class Berths { @Get() all() {} }
      @Module({ controllers: [Berths] }) export class AppModule {}`,
  });
  expect(endpoints.map(({ path }) => path)).toEqual(['/api/berths']);
});

test('a default version is a part of the path, or no route is known', () => {
  const berths = (version: string) =>
    read({
      'main.ts': `
        import { NestFactory } from '@nestjs/core';
        import { VersioningType } from '@nestjs/common';
        import { major } from 'semver';
        import { AppModule } from './app.module';
        import { read } from 'somewhere';
        async function bootstrap() {
          const app = await NestFactory.create(AppModule);
          app.enableVersioning({ type: VersioningType.URI, ${version} });
          await app.listen(3000);
        }
        void bootstrap();`,
      'app.module.ts': `
        import { Controller, Get, Module } from '@nestjs/common';
        @Controller('berths') class Berths { @Get() all() {} }
        @Module({ controllers: [Berths] }) export class AppModule {}`,
    });
  expect(berths("defaultVersion: String(major('2.4.0', { loose: false }))").routes).toEqual([
    'GET /v2/berths',
  ]);
  expect(berths('').routes).toEqual(['GET /berths']);
  expect(berths("defaultVersion: read('version')").findings).toEqual([
    'model.unresolvedRoute the default version is not known',
  ]);
});

/** Mounts as people write them. */
const HARBOUR = {
  'main.ts': MAIN,
  'app.setup.ts': `
    import { RequestMethod, VersioningType } from '@nestjs/common';
    export const PREFIX = 'api';
    export function configureApp(app) {
      app.setGlobalPrefix(PREFIX + '/port', { exclude: ['health', { path: 'tides/:day', method: RequestMethod.GET }] });
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1', prefix: 'v' });
    }`,
  'app.module.ts': `
    import { Module, forwardRef } from '@nestjs/common';
    import { RouterModule } from '@nestjs/core';
    import { Berths, Health, Tides } from './controllers';
    import { Pilots } from './pilots';
    import { CraneModule, QuayModule } from './quay';
    const areas = [{ path: 'yard', module: QuayModule, children: [{ path: 'lift', module: CraneModule }] }];
    @Module({
      imports: [forwardRef(() => QuayModule), CraneModule.forRoot({ heavy: true }), RouterModule.register(areas)],
      controllers: [Berths, Health, Tides, Pilots],
    })
    export class AppModule {}`,
  'quay.ts': `
    import { Controller, Get, Module } from '@nestjs/common';
    @Controller('quays') class Quays { @Get() all() {} @Get(':id') one() {} }
    @Module({ controllers: [Quays] }) export class QuayModule {}
    @Controller() class Cranes { @Get('cranes') all() {} }
    @Module({}) export class CraneModule {
      static forRoot(options: object) { return { module: CraneModule, controllers: [Cranes], providers: [{ provide: 'OPTIONS', useValue: options }] }; }
    }`,
  'crud.ts': `
    import { Delete, Get } from '@nestjs/common';
    export abstract class Crud {
      @Get(':id') one() {}
      @Delete(':id') remove() {}
    }`,
  'pilots.ts': `
    import { Controller, Post, Version, applyDecorators, VERSION_NEUTRAL } from '@nestjs/common';
    import { Crud } from './crud';
    const Enter = (path: string) => applyDecorators(Post(path), Version('2'));
    enum Paths { Rest = 'rest' }
    @Controller({ path: 'pilots', version: ['1', '3'] })
    export class Pilots extends Crud {
      @Enter(\`\${Paths.Rest}/now\`) rest() {}
      @Version(VERSION_NEUTRAL) @Post('ping') ping() {}
      remove() {}
    }`,
  'controllers.ts': `
    import { All, Controller, Get, Head, Patch, Put } from '@nestjs/common';
    @Controller(['berths', 'moorings'])
    export class Berths {
      @Get(['free', 'open']) free() {}
      @Patch(':id/boat') boat() {}
      @Put() replace() {}
      @All('any') any() {}
      helper() { return fetch('/api/none'); }
    }
    @Controller({ path: 'health', version: '1' })
    export class Health { @Get() health() {} }
    @Controller('tides') export class Tides { @Get(':day') day() {} @Head() head() {} }
    @Controller('unused') export class Unused { @Get() nobody() {} }`,
};

describe('registrations', () => {
  test('prefixes, versions, modules and inheritance make the routes Nest registers', () => {
    const { routes, findings } = read(HARBOUR);
    expect([...routes].sort()).toEqual([...new Set(nestRoutes(HARBOUR))].sort());
    expect(findings).toEqual(['model.unmountedRouter no module has it']);
  }, 60_000);

  test('a global prefix that stands in for a variable which the code reads as null where it is unset', () => {
    const { routes, findings } = read({
      'main.ts': MAIN,
      'app.setup.ts': `
        import { config } from './config';
        export function configureApp(app) { app.setGlobalPrefix(config.app.prefix); }`,
      'config.ts': `
        const text = (key: string) => { const value = process.env[key]; return value && value.length > 0 ? value : null; };
        class Config {
          readonly app: { prefix: string };
          constructor() { this.app = Object.freeze({ prefix: text('PREFIX') ?? '/v1' }); }
        }
        export const config = new Config();`,
      'app.module.ts': `
        import { Controller, Get, Module } from '@nestjs/common';
        @Controller('gates') class Gates { @Get() all() {} }
        @Module({ controllers: [Gates] }) export class AppModule {}`,
    });
    expect(routes).toEqual(['GET /v1/gates']);
    expect(findings).toEqual([]);
  });

  test('guards, interceptors and middleware stand in the order they run in', () => {
    const { endpoints } = read({
      'main.ts': MAIN,
      'app.setup.ts':
        'export function configureApp(app) { app.use(helmet()); app.useGlobalGuards(new Outer()); }',
      'app.module.ts': `
        import { Controller, Get, Module, UseGuards, UseInterceptors, applyDecorators } from '@nestjs/common';
        import { APP_GUARD } from '@nestjs/core';
        const Both = () => applyDecorators(UseGuards(Third), UseInterceptors(Timed));
        @UseGuards(First, Second)
        @Controller('gates')
        class Gates { @Get() @Both() all() {} @Get('free') free() {} }
        @Module({ controllers: [Gates], providers: [{ provide: APP_GUARD, useClass: Everywhere }] })
        export class AppModule {
          configure(consumer) { consumer.apply(Traced).exclude('gates/free').forRoutes('gates'); }
        }`,
    });
    const chains = endpoints.map(({ chain }) =>
      chain.map(({ expression }) => expression.getText()).slice(0, -1),
    );
    expect(chains).toEqual([
      ['helmet()', 'Traced', 'Everywhere', 'new Outer()', 'First', 'Second', 'Third', 'Timed'],
      ['helmet()', 'Everywhere', 'new Outer()', 'First', 'Second'],
    ]);
  });

  test('a module that is there where a setting says so is read like any other', () => {
    const { endpoints } = read({
      'main.ts': MAIN,
      'app.setup.ts': 'export function configureApp(app) {}',
      'app.module.ts': `
        import { Controller, Get, Module } from '@nestjs/common';
        import { ConditionalModule } from '@nestjs/config';
        @Controller('locks') class Locks { @Get() all() {} }
        @Module({ controllers: [Locks] }) class LockModule {}
        @Module({ imports: [ConditionalModule.registerWhen(LockModule, (env) => env.LOCKS === 'yes')] })
        export class AppModule {}`,
    });
    expect(endpoints.map(({ path }) => path)).toEqual(['/locks']);
  });

  test('middleware that is mounted at paths runs for those alone, whole paths with the prefix', () => {
    const { endpoints } = read({
      'main.ts': MAIN,
      'app.setup.ts': `
        export function configureApp(app) {
          app.setGlobalPrefix('api');
          app.use('/api/gates', json());
          app.use(['/.well-known/{*splat}', '/api/gates/free'], text());
          app.use('/gates', raw());
        }`,
      'app.module.ts': `
        import { Controller, Get, Module } from '@nestjs/common';
        @Controller('gates') class Gates { @Get() all() {} @Get('free') free() {} }
        @Controller('locks') class Locks { @Get() all() {} }
        @Module({ controllers: [Gates, Locks] }) export class AppModule {}`,
    });
    const chains = endpoints.map(({ path, chain }) => [
      path,
      ...chain.map(({ expression }) => expression.getText()).slice(0, -1),
    ]);
    expect(chains).toEqual([
      ['/api/gates', 'json()'],
      ['/api/gates/free', 'json()', 'text()'],
      ['/api/locks'],
    ]);
  });

  test('a prefix or path nobody can tell is a finding, never a guess', () => {
    const { routes, findings } = read({
      'main.ts': MAIN,
      'app.setup.ts': 'export function configureApp(app) {}',
      'app.module.ts': `
        import { Controller, Get, Module } from '@nestjs/common';
        @Controller('a') class A { @Get(process.env.WHERE) one() {} @Get('two') two() {} }
        @Module({ controllers: [A] }) export class AppModule {}`,
    });
    expect(routes).toEqual(['GET /a/two']);
    expect(findings).toEqual(['model.unresolvedRoute the path is not known']);
  });

  test('a prefix from settings that the code registers is read, one from the environment alone is a finding', () => {
    const app = (prefix: string) =>
      read({
        'main.ts': `
          import { ConfigService } from '@nestjs/config';
          import { NestFactory } from '@nestjs/core';
          import { AppModule } from './app.module';
          NestFactory.create(AppModule).then((app) => app);
          async function start() {
            const app = await NestFactory.create(AppModule);
            const config = app.get(ConfigService);
            app.setGlobalPrefix(${prefix});
          }
          start();`,
        'settings.ts': `
          import { registerAs } from '@nestjs/config';
          export default registerAs('http', () => ({ prefix: process.env.PREFIX || 'inner' }));`,
        'app.module.ts': `
          import { Controller, Get, Module } from '@nestjs/common';
          import { ConfigModule } from '@nestjs/config';
          import http from './settings';
          @Controller('a') class A { @Get() one() {} }
          @Module({ imports: [ConfigModule.forRoot({ load: [http] })], controllers: [A] }) export class AppModule {}`,
      });
    expect(app(`config.getOrThrow('http.prefix', { infer: true })`).routes).toContain(
      'GET /inner/a',
    );
    expect(app(`config.get('PREFIX')`).findings).toEqual([
      'model.unresolvedRoute the global prefix is not known',
    ]);
  });

  test('what a tracer runs at once is run: the prefix set within a span is there', () => {
    const { routes } = read({
      'main.ts': `
        import { NestFactory } from '@nestjs/core';
        import * as Sentry from '@sentry/node';
        import { AppModule } from './app.module';
        async function start() {
          const app = await NestFactory.create(AppModule);
          app.setGlobalPrefix('api');
          await app.listen(3000);
        }
        async function bootstrap() {
          try {
            await Sentry.startSpan({ name: 'start' }, async () => {
              await start();
            });
          } catch (error) {
            Sentry.captureException(error);
          }
        }
        bootstrap();`,
      'app.module.ts': `
        import { Controller, Get, Module } from '@nestjs/common';
        @Controller('a') class A { @Get() one() {} }
        @Module({ controllers: [A] }) export class AppModule {}`,
    });
    expect(routes).toEqual(['GET /api/a']);
  });
});
