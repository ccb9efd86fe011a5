import { authjs, authjsAdapters, authjsProviders } from './auths/authjs.ts';
import { casl } from './auths/casl.ts';
import { expressSession } from './auths/express-session.ts';
import { ironSession } from './auths/iron-session.ts';
import { honoJwt, jose, jsonwebtoken } from './auths/jwt.ts';
import { passport } from './auths/passport.ts';
import { ajv } from './inputs/ajv.ts';
import { classValidator } from './inputs/class-validator.ts';
import { envSchema } from './inputs/env-schema.ts';
import { expressValidator } from './inputs/express-validator.ts';
import { fastifyTypeProviderZod } from './inputs/fastify-type-provider-zod.ts';
import { celebrate } from './inputs/joi/celebrate.ts';
import { joiChecks } from './inputs/joi/checks.ts';
import { joi } from './inputs/joi.ts';
import { jsonschema } from './inputs/jsonschema.ts';
import { safeAction } from './inputs/safe-action.ts';
import { t3Env } from './inputs/t3-env.ts';
import { typebox } from './inputs/typebox.ts';
import { valibot } from './inputs/valibot.ts';
import { yupChecks } from './inputs/yup/checks.ts';
import { yup } from './inputs/yup.ts';
import { zod } from './inputs/zod.ts';
import { honoRateLimiter } from './limits/hono-rate-limiter.ts';
import { koaRatelimit } from './limits/koa-ratelimit.ts';
import { rateLimiterFlexible } from './limits/rate-limiter-flexible.ts';
import { upstash } from './limits/upstash.ts';
import { globs } from './matchers/globs.ts';
import { pathToRegexp } from './matchers/path-to-regexp.ts';
import { drizzle as drizzleQueries } from './queries/drizzle.ts';
import { knex as knexQueries } from './queries/knex.ts';
import { kysely as kyselyQueries } from './queries/kysely.ts';
import { pg } from './queries/pg.ts';
import { postgres } from './queries/postgres.ts';
import { prisma as prismaQueries } from './queries/prisma.ts';
import { sequelize as sequelizeQueries } from './queries/sequelize.ts';
import { slonik } from './queries/slonik.ts';
import { typeorm as typeormQueries } from './queries/typeorm.ts';
import type {
  FrameworkReader,
  InputReader,
  LibraryReader,
  QueryReader,
  SchemaReader,
} from './reader.ts';
import { betterAuth } from './readers/better-auth.ts';
import { csrf } from './readers/express/csrf.ts';
import { passingOn } from './readers/express/passing-on.ts';
import { translating } from './readers/express/translation.ts';
import { express } from './readers/express.ts';
import { fastify } from './readers/fastify.ts';
import { hono } from './readers/hono.ts';
import { httpStatus, statusPhrases } from './readers/http-status.ts';
import { koa } from './readers/koa.ts';
import { nestRequestContext } from './readers/nest/request-context.ts';
import { nest } from './readers/nest.ts';
import { next } from './readers/next.ts';
import { reactRouter } from './readers/react-router.ts';
import { tanstackStart } from './readers/tanstack-start.ts';
import { trpc } from './readers/trpc.ts';
import { asyncLocalStorage } from './results/async-local-storage.ts';
import { effect, effectModules, effectPackages } from './results/effect.ts';
import { fpTs, fpTsModules } from './results/fp-ts.ts';
import { neverthrow } from './results/neverthrow.ts';
import { oxide } from './results/oxide.ts';
import { trueMyth } from './results/true-myth.ts';
import { dbMigrate } from './schemas/db-migrate.ts';
import { drizzle } from './schemas/drizzle.ts';
import { knex } from './schemas/knex.ts';
import { kysely } from './schemas/kysely.ts';
import { nodePgMigrate } from './schemas/node-pg-migrate.ts';
import { prisma } from './schemas/prisma.ts';
import { sequelize } from './schemas/sequelize.ts';
import { sequelizeMigrations } from './schemas/sequelize-migrations.ts';
import { sql } from './schemas/sql.ts';
import { typeorm } from './schemas/typeorm.ts';
import { axios } from './toolkits/axios.ts';
import { invariant } from './toolkits/invariant.ts';
import { pathJoin, urlJoin } from './toolkits/joined-paths.ts';
import { lodash } from './toolkits/lodash.ts';
import { verror } from './toolkits/verror.ts';
import { multer } from './uploads/multer.ts';
import { tusStores } from './uploads/tus/stores.ts';
import { tus } from './uploads/tus.ts';

export const frameworks: readonly FrameworkReader[] = [
  hono,
  express,
  fastify,
  nest,
  koa,
  trpc,
  next,
  reactRouter,
  tanstackStart,
  betterAuth,
];
export const schemas: readonly SchemaReader[] = [
  drizzle,
  prisma,
  typeorm,
  sequelize,
  kysely,
  knex,
  dbMigrate,
  nodePgMigrate,
];
/** What makes the tables where none of those describes one, or beside them: the first of these that finds any. */
export const migrations: readonly SchemaReader[] = [sequelizeMigrations, sql];
export const queries: readonly QueryReader[] = [
  drizzleQueries,
  prismaQueries,
  typeormQueries,
  sequelizeQueries,
  kyselyQueries,
  knexQueries,
  pg,
  postgres,
  slonik,
];
export const libraries: readonly LibraryReader[] = [
  jsonwebtoken,
  jose,
  honoJwt,
  authjsAdapters,
  authjs,
  authjsProviders,
  ironSession,
  expressSession,
  passport,
  casl,
  expressValidator,
  fastifyTypeProviderZod,
  ajv,
  jsonschema,
  joiChecks,
  celebrate,
  yupChecks,
  csrf,
  passingOn,
  translating,
  httpStatus,
  statusPhrases,
  safeAction,
  t3Env,
  envSchema,
  honoRateLimiter,
  koaRatelimit,
  rateLimiterFlexible,
  upstash,
  tus,
  tusStores,
  multer,
  fpTs,
  ...fpTsModules,
  neverthrow,
  trueMyth,
  oxide,
  invariant,
  verror,
  nestRequestContext,
  effect,
  ...effectModules,
  effectPackages,
  asyncLocalStorage,
  lodash,
  axios,
  urlJoin,
  pathJoin,
  ...globs,
  pathToRegexp,
];
export const inputs: readonly InputReader[] = [zod, classValidator, valibot, typebox, joi, yup];
