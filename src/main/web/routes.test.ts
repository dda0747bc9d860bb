import { describe, expect, it } from 'vitest';
import { parseRoute, printRoute, type Route } from './routes.ts';

const routes: Route[] = [
  { page: 'chats' },
  { page: 'chat', conversation: 'alice~bob' },
  { page: 'chat', conversation: 'alice~bob.k-1_2', at: 17 },
  { page: 'chat', conversation: 'g.01937f2e-8a4b-7c3d-9e1f-2a3b4c5d6e7f' },
  { page: 'settings' },
  { page: 'settings', section: 'devices' },
  { page: 'login' },
  { page: 'register' },
];

describe('addresses', () => {
  it.each(routes)('lead back to where they were made: %j', (route) => {
    expect(parseRoute(printRoute(route))).toEqual(route);
  });

  it.each(['', '#', '#/', '#/nowhere', '#/chat', '#/chat/%', '#/chat/<b>', '#/chat/Alice~bob'])(
    'that mean nothing lead to the chats: %j',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ page: 'chats' });
    },
  );

  it('ignore a place that is none', () => {
    expect(parseRoute('#/chat/alice~bob/0')).toEqual({ page: 'chat', conversation: 'alice~bob' });
    expect(parseRoute('#/settings/nothing')).toEqual({ page: 'settings' });
  });
});
