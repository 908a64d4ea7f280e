import { describe, expect, it } from 'vitest';
import { problem } from '../../base/problem.ts';
import { errorOf } from './client.ts';

const failure = problem('badSelector', { position: 0, why: 'hostname: `(` is not a regular expression' });
const plain = 'label selector at character 0: hostname: `(` is not a regular expression';

describe('errorOf', () => {
  it('reads the body of the API', () => {
    const error = errorOf(400, 'Bad Request', JSON.stringify(failure.toBody()));
    expect(error).toMatchObject({ message: plain, id: 'LS-2003', remedy: failure.remedy, isWorthRetrying: false });
  });

  it('reads id and remedy out of a detail of the Connect protocol', () => {
    const { code, message, ...debug } = failure.toBody();
    const details = [null, { type: 'x' }, { type: 'google.protobuf.Struct', value: '', debug }].slice(1);
    const error = errorOf(400, 'Bad Request', JSON.stringify({ code, message, details }));
    expect(error).toMatchObject({ message: plain, id: 'LS-2003', remedy: failure.remedy });
  });

  it('says the status where a proxy answered', () => {
    const error = errorOf(502, 'Bad Gateway', '<html>');
    expect(error).toMatchObject({ message: 'The server answered 502 Bad Gateway', id: null, isWorthRetrying: true });
  });
});
