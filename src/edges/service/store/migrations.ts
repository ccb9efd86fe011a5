/** In order; one that was released is never changed. Each runs once, in the transaction that records it. */
export const MIGRATIONS: readonly string[] = [
  `
  create table statewright_service.key (
    id text primary key,
    tenant text not null,
    name text not null,
    hash text not null unique,
    ends text not null,
    scopes text[] not null,
    per_minute int not null,
    per_day int not null,
    standing int not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz
  );
  create table statewright_service.usage (
    key text not null references statewright_service.key (id) on delete cascade,
    day text not null,
    requests bigint not null default 0,
    plannings bigint not null default 0,
    runs bigint not null default 0,
    tokens bigint not null default 0,
    primary key (key, day)
  );
  create table statewright_service.model (
    tenant text not null,
    id text not null,
    seq bigint generated always as identity unique,
    repo jsonb not null,
    routes int not null,
    body text not null,
    created_at timestamptz not null default now(),
    primary key (tenant, id)
  );
  create table statewright_service.planning (
    tenant text not null,
    id text not null,
    seq bigint generated always as identity unique,
    model text not null,
    repo jsonb not null,
    scenarios int not null,
    plans int not null,
    unsolved int not null,
    body text not null,
    digest text not null,
    created_at timestamptz not null default now(),
    primary key (tenant, id)
  );
  create table statewright_service.job (
    id text primary key,
    tenant text not null,
    key text not null,
    kind text not null,
    state text not null,
    input text,
    result text,
    problem jsonb,
    created_at timestamptz not null default now(),
    ended_at timestamptz
  );
  create table statewright_service.job_event (
    job text not null references statewright_service.job (id) on delete cascade,
    seq int not null,
    body text not null,
    primary key (job, seq)
  );
  create table statewright_service.job_step (
    job text not null references statewright_service.job (id) on delete cascade,
    name text not null,
    result text not null,
    primary key (job, name)
  );
  create table statewright_service.run (
    id text primary key,
    seq bigint generated always as identity unique,
    tenant text not null,
    key text not null,
    plan text not null,
    place text not null,
    holder text not null,
    handle_hash text not null,
    app text,
    state text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    ended_at timestamptz
  );
  create index run_standing on statewright_service.run (key) where state = 'up';
  create table statewright_service.answer (
    key text not null,
    name text not null,
    fingerprint text not null,
    status int,
    headers jsonb,
    body text,
    created_at timestamptz not null default now()
  );
  create unique index answer_key_name on statewright_service.answer (key, name);
  `,
  `
  alter table statewright_service.run add column ending boolean not null default false;
  alter table statewright_service.job add column seen_at timestamptz not null default now();
  create index run_held on statewright_service.run (holder) where state = 'up';
  create index job_unfinished on statewright_service.job (tenant) where ended_at is null;
  create index answer_created on statewright_service.answer (created_at);
  create index job_ended on statewright_service.job (ended_at);
  `,
  `
  create table statewright_service.proof (
    tenant text not null,
    planning text not null,
    plan text not null,
    verdict text not null,
    body text not null,
    created_at timestamptz not null default now(),
    primary key (tenant, planning, plan),
    foreign key (tenant, planning) references statewright_service.planning (tenant, id) on delete cascade
  );
  `,
];
