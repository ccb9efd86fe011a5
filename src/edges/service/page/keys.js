import { get, post, remove } from './api.js';
import { attempt, el, facts, table, when } from './dom.js';

/** Keys and what they have used; for admins. */
export async function keys(main) {
  const { items } = await get('/v1/keys');
  const made = el('div', { 'aria-live': 'polite' });
  const rows = items.map((key) => {
    const revoke = attempt(async () => {
      await remove(`/v1/keys/${key.id}`);
      await keys(main);
    });
    const { requests, plannings, runs, tokens } = key.usage;
    return [
      `${key.name} …${key.ends}`,
      key.tenant,
      key.scopes.join(', '),
      `${requests} requests, ${plannings} plannings, ${runs} runs, ${tokens} tokens`,
      `${key.perMinute}/min, ${key.perDay}/day`,
      when(key.createdAt),
      key.revokedAt ? 'revoked' : el('button', { type: 'button', onclick: revoke }, 'Revoke'),
    ];
  });
  const heads = ['Key', 'Tenant', 'Scopes', 'Used', 'Limits', 'Made', 'Action'];
  main.replaceChildren(
    el('h2', {}, 'Make a key'),
    form(main, made),
    made,
    el('h2', {}, 'Keys'),
    table(heads, rows),
  );
}

function form(main, made) {
  const name = el('input', { name: 'name', required: true });
  const tenant = el('input', { name: 'tenant', value: 'default', required: true });
  const scopes = el(
    'select',
    { name: 'scopes' },
    ['plan,run', 'plan', 'run', 'plan,run,admin'].map((value) => el('option', { value }, value)),
  );
  const submit = attempt(async () => {
    const key = await post('/v1/keys', {
      name: name.value,
      tenant: tenant.value,
      scopes: scopes.value.split(','),
    });
    await keys(main);
    const shown = facts([['Shown this once', el('code', {}, key.key)]]);
    main.querySelector('form').after(el('section', { class: 'standing' }, shown));
    made.replaceChildren();
  });
  return el(
    'form',
    { onsubmit: submit },
    el('label', {}, 'Name', name),
    el('label', {}, 'Tenant', tenant),
    el('label', {}, 'Scopes', scopes),
    el('button', { type: 'submit' }, 'Make'),
  );
}
