import { expect, test } from 'vitest';
import { joinSql, sql, string } from './sql.ts';

test('joins very many fragments flat', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => sql`x = ${string(String(i))}`);
  const { text, parameters } = sql`SELECT ${joinSql(many, sql` OR `)}`.render();
  expect(text.slice(0, 45)).toBe('SELECT x = {p0:String} OR x = {p1:String} OR ');
  expect(parameters.p19999).toBe('19999');
  expect(joinSql([], sql`, `).render().text).toBe('');
});
