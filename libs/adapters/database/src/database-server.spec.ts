import { inspect } from 'node:util';
import { connectionOf } from './database-server';

it('reads host, port, user, password and database from an address', () => {
  expect(connectionOf({ url: 'postgres://q%40m:a%2Fb@db.example:6000/fleet?sslmode=verify-full&options=-c%20search_path%3Da' })).toEqual({
    sessionOptions: '-c search_path=a', host: 'db.example', port: 6000, username: 'q@m', password: 'a/b', database: 'fleet', ssl: { rejectUnauthorized: true },
  });
  expect(connectionOf({ url: 'postgresql://qm@db/fleet', password: 'hush' })).toEqual({ host: 'db', port: 5432, username: 'qm', password: 'hush', database: 'fleet', ssl: false, sessionOptions: '' });
});

it.each(['hush-hush', 'http://u:hush-hush@db/fleet', 'postgres://u:hush-hush@db', 'postgres://u:hush-hush@db/fleet?sslmode=maybe'])('refuses %s without repeating it', (url) => {
  let thrown: unknown;
  try {
    connectionOf({ url });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(RangeError);
  expect(inspect(thrown, { depth: 10 })).not.toContain('hush-hush');
});
