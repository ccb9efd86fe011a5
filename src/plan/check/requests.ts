import type { Condition } from '../../condition/condition.ts';
import { schemaOf } from '../../kernel/json-schema.ts';
import type { Page, Route } from '../../model/model.ts';
import type { When } from '../plan.ts';
import { faultsOf } from '../request/valid.ts';
import { statusOf } from '../solve/expectation.ts';
import { type Checked, problem, type Rule, routesOf } from './context.ts';
import { matchingRoute } from './paths.ts';

/** Requests go to the app's own base URL and nowhere else. */
export const relativePaths: Rule = ({ plan }) =>
  plan.when.flatMap(({ path }, index) =>
    /^\/(?![/\\])/.test(path) && !/^\/?[a-z][a-z0-9+.-]*:\/\//i.test(path)
      ? []
      : [problem('absoluteUrl', `when.${index}.path`, { path })],
  );

export const knownPaths: Rule = ({ plan, app }) =>
  plan.when.flatMap((request, index) =>
    routeFor(app, request)
      ? []
      : [
          problem('unknownPath', `when.${index}.path`, {
            method: request.method,
            path: request.path,
          }),
        ],
  );

/** Requests fit what the route declares, save the last where a malformed request is what it is about. */
export const fittingRequests: Rule = (checked) =>
  checked.plan.when.flatMap((request, index) => {
    const route = routeFor(checked.app, request);
    if (!route) return [];
    const last = index === checked.plan.when.length - 1;
    return (['query', 'body'] as const).flatMap((part) => {
      const schema = schemaOf(route.input[part]);
      if (Object.keys(schema).length === 0) return [];
      if (last && expectsMalformed(checked, route)) return [];
      return faultsOf(schema, request[part] ?? {}).map((fault) =>
        problem('inputMismatch', `when.${index}.${[part, ...fault.path].join('.')}`, {
          keyword: fault.keyword,
          route: route.id,
        }),
      );
    });
  });

function routeFor(app: Checked['app'], request: When): Route | Page | undefined {
  const { action } = request;
  if (action) {
    const called = routesOf(app).filter((route) => route.action?.name === action.name);
    return matchingRoute(called, request);
  }
  const routes = request.visit ? app.pages : routesOf(app);
  return matchingRoute(routes, request) ?? matchingRoute(routesOf(app), request);
}

function expectsMalformed({ plan }: Checked, route: Route): boolean {
  return route.outcomes.some(
    (outcome) => statusOf(outcome) === plan.then.status && outcome.when.some(isAboutInput),
  );
}

function isAboutInput(condition: Condition): boolean {
  if (condition.kind === 'any') return condition.of.flat().some(isAboutInput);
  return condition.kind === 'input' && /invalid|malformed|missing/.test(condition.is);
}
