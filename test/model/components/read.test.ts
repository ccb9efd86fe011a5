import { expect, test } from 'vitest';
import { readComponents } from '../../../src/model/components/read.ts';
import { NO_CACHE } from '../../../src/model/kept.ts';
import { programOf } from '../../setup/code.ts';

const about = { root: '.', routes: [], cache: NO_CACHE };
const code = {
  'package.json': '{"name":"clinic"}',
  'src/api.ts': `
    const BASE = '/api';
    export async function request(path: string, options?: RequestInit) {
      const response = await fetch(BASE + path, { method: 'GET', ...options });
      return response.json();
    }
    export const api = {
      slots: { list: () => request('/slots'), book: (id: string) => request(\`/slots/\${id}/book\`, { method: 'POST' }) },
    };`,
  'src/booking.tsx': `
    import { api } from './api';
    export function BookingForm({ slot }) {
      const submit = async () => { await api.slots.book(slot.id); };
      return (
        <form onSubmit={submit}>
          <label>Patient <input name="patient" required /></label>
          <label htmlFor="note">Note</label>
          <textarea id="note" />
          <button type="submit">Book it</button>
        </form>
      );
    }`,
  'src/page.tsx': `
    import { useEffect } from 'react';
    import { api } from './api';
    import { BookingForm } from './booking';
    export const Page = () => {
      useEffect(() => { api.slots.list(); }, []);
      return <main><h1>Slots</h1>{open ? 'Open today' : <p>Closed</p>}<BookingForm /></main>;
    };`,
};

test('reads fields with their labels, buttons, texts and what a component renders', () => {
  const [form, page] = readComponents(programOf(code), about).components;
  expect(form?.fields).toEqual([
    { name: 'patient', label: 'Patient', type: 'text', required: true },
    { name: 'note', label: 'Note', type: 'textarea', required: false },
  ]);
  expect(form?.buttons).toEqual(['Book it']);
  expect(page?.renders).toEqual(['BookingForm']);
  expect(page?.text).toEqual(['Slots', 'Open today', 'Closed']);
});

test('follows calls through the app’s own client to the paths they fetch', () => {
  const [form, page] = readComponents(programOf(code), about).components;
  expect(form?.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /api/slots/:/book',
  ]);
  expect(page?.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /api/slots']);
});
