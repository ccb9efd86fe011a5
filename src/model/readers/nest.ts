import { type Finding, finding } from '../../kernel/finding.ts';
import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { leadingFiles, ownFiles } from '../files.ts';
import type { Endpoints, FrameworkReader } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import { meant } from '../static/property.ts';
import type { ClassValue, Machine } from '../static/value.ts';
import type { Assembled } from './nest/assembled.ts';
import { createNest, type NestApp, type NestRun } from './nest/collect.ts';
import { containerOf } from './nest/container.ts';
import { decoratorsOf, first } from './nest/decorators.ts';
import { handlers } from './nest/handlers.ts';
import { appliedBy, consumerSemantics } from './nest/middleware.ts';
import { modulesFrom } from './nest/modules.ts';
import { endpointsOf } from './nest/routes.ts';
import { settingsOf } from './nest/settings.ts';

/** Reads Nest apps: `main.ts` is run in the abstract, modules and controllers are read by their decorators. */
export const nest = {
  name: 'nest',
  packages: ['@nestjs/core', '@nestjs/common'],
  semantics: handlers,
  read(program, root): Endpoints {
    const run = createNest();
    const machine = createMachine(program, [run.semantics, consumerSemantics()]);
    const files = leadingFiles(program, root, (name) => name === '@nestjs/core');
    for (const file of files) machine.run(file);
    if (run.apps.length === 0) callFactories(machine, files);
    const classes = decorated(program, root);
    const apps = run.apps.length > 0 ? served(run.apps) : rootModules(machine, classes);
    const assembled = apps.map((app) => assemble(machine, app, run));
    const found = assembled.map((app) => ({
      app,
      found: app.modules.flatMap((module) =>
        module.controllers.map((each) => endpointsOf(app, module, each)),
      ),
    }));
    const all = found.flatMap((each) => each.found);
    return {
      endpoints: all.flatMap(({ endpoints }) => endpoints),
      findings: unique([
        ...all.flatMap(({ findings }) => findings),
        ...strays(machine, classes, assembled),
      ]),
    };
  },
} satisfies FrameworkReader;

/** Where some applications listen, those that don't are made for something else: a document of their routes, a script. */
function served(apps: readonly NestApp[]): readonly NestApp[] {
  const listening = apps.filter(({ setup }) => setup.some(({ name }) => name === 'listen'));
  return listening.length > 0 ? listening : apps;
}

function assemble(machine: Machine, app: NestApp, { factories }: NestRun): Assembled {
  const modules = modulesFrom(machine, app.root);
  return {
    machine,
    settings: settingsOf(app),
    modules,
    container: containerOf(machine, modules, factories),
    applied: appliedBy(machine, modules),
    semantics: handlers,
  };
}

/** `export async function createApp() { … NestFactory.create(…) … }` that no module calls when it loads. */
function callFactories(machine: Machine, files: readonly string[]): void {
  for (const file of files) {
    for (const statement of machine.program.source(file)?.statements ?? []) {
      if (!statement.getText().includes('NestFactory.create')) continue;
      const name = /(?:function|const)\s+([\w$]+)/.exec(statement.getText())?.[1];
      for (const each of ['default', name ?? '']) {
        const value = meant(machine, machine.program.exported(file, each), null);
        if (value.kind !== 'function') continue;
        machine.invoke(value, []);
        break;
      }
    }
  }
}

/** The package's classes that decorators of Nest may stand on. */
function decorated(program: Program, root: string): ClassValue[] {
  return ownFiles(program.repo, root)
    .filter((file) => program.matches(file, /@(?:Module|Controller)\(/))
    .flatMap((file) => [...(program.source(file)?.statements ?? [])])
    .filter((each) => ts.isClassDeclaration(each))
    .map((node) => ({ kind: 'class', node, frame: null }));
}

function has(machine: Machine, { node }: ClassValue, name: string): boolean {
  return first(decoratorsOf(machine, node as ts.ClassDeclaration), name) !== undefined;
}

/** Where nothing shows which module an app is made of: those no other imports. */
function rootModules(machine: Machine, classes: readonly ClassValue[]): NestApp[] {
  const modules = classes.filter((each) => has(machine, each, 'Module'));
  const inside = new Set(
    modules.flatMap((each) =>
      modulesFrom(machine, { ...each, origin: null })
        .slice(1)
        .map(({ type }) => type.node),
    ),
  );
  return modules
    .filter(({ node }) => !inside.has(node))
    .map((each) => ({ type: 'nest-app', root: { ...each, origin: null }, setup: [] }));
}

/** Controllers that no module of any app has. */
function strays(
  machine: Machine,
  classes: readonly ClassValue[],
  apps: readonly Assembled[],
): Finding[] {
  const used = new Set(
    apps.flatMap(({ modules }) =>
      modules.flatMap(({ controllers }) => controllers.map(({ node }) => node)),
    ),
  );
  return classes
    .filter((each) => !used.has(each.node) && has(machine, each, 'Controller'))
    .map(({ node }) => {
      const line = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const facts = { reason: 'no module has it', text: `class ${node.name?.text ?? ''}` };
      const file = node.getSourceFile().fileName;
      return finding('model.unmountedRouter', { severity: 'note', file, line, facts });
    });
}

function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((one) => [`${one.fingerprint} ${one.at.line}`, one])).values()];
}
